"""Remove what a study made, but for what training goes on from: `python3 workflow/clean.py STUDY`.

Of `results/STUDY` in the working directory the folders `state` and `state.old-N` of trainings
stay, so that the next run copies their models and trains nothing anew. `resources/STUDY`, with
what was brought, downloaded or simulated, stays whole, and so do the records of what rules made
there. Needs Python alone.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

RESULTS = Path("results")
LOCKS = Path(".snakemake/locks")
STATE = r"state(\.old-\d+)?"


def main() -> None:
    """Refuse with one line, or remove and say what."""
    study = sys.argv[1] if len(sys.argv) == 2 else ""
    folders = studies()
    if study not in folders:
        sys.exit(
            f"{study!r} is no study in results/; name one: make clean STUDY=NAME, where NAME is "
            f"one of: {', '.join(folders) or '(there is none)'}"
        )
    folder = folders[study]
    if is_locked(folder):
        sys.exit(
            f"{folder} is locked: Snakemake works there, so wait for its end. If it was killed, "
            "free the folder with snakemake --unlock, and the study's --configfile"
        )
    kept = list(states(folder))
    count = clear(folder, {*kept, *records_of_resources(folder)})
    print(f"removed {count:,} files of {folder}, kept:", *kept, f"resources/{study}", sep="\n  ")


def studies() -> dict[str, Path]:
    """The folders in results/ by name; a link, which may lead anywhere, is none of them.

    What is removed is one of these and never a path made of what was typed: joined to a folder,
    ``/`` is the root of the disk and ``..`` the folder above.
    """
    found = (path for path in sorted(RESULTS.glob("*")) if path.is_dir())
    return {path.name: path for path in found if not path.is_symlink()}


def is_locked(folder: Path) -> bool:
    """Tell whether Snakemake, or one that was killed, holds a file below a folder."""
    held = (line for lock in LOCKS.glob("*.lock") for line in lock.read_text().splitlines())
    return any(folder.absolute() in Path(line).absolute().parents for line in held)


def states(folder: Path) -> Iterator[Path]:
    """The folders of a study that training goes on from."""
    for path in sorted((folder / "training").rglob("seed-*/state*")):
        if re.fullmatch(STATE, path.name) and path.is_dir():
            yield path


def records_of_resources(folder: Path) -> Iterator[Path]:
    """Records of the files in resources/ and of the jobs that made them (cisfuse.jobs.records)."""
    provenance = folder / "provenance"
    for record in sorted((provenance / "files" / "resources").rglob("*.json")):
        try:
            job = json.loads(record.read_text(encoding="utf-8"))["job"]
        except (ValueError, KeyError, TypeError):  # damaged
            continue
        yield record
        yield provenance / "jobs" / f"{job}.json"


def clear(folder: Path, kept: set[Path]) -> int:
    """Remove all below a folder that is not kept, and folders that are empty then.

    Links are removed, not followed. Returns the number of files.
    """
    count = 0
    for path in folder.iterdir():
        if path in kept:
            continue
        if path.is_dir() and not path.is_symlink():
            count += clear(path, kept)
            if not any(path.iterdir()):
                path.rmdir()
        else:
            path.unlink()
            count += 1
    return count


if __name__ == "__main__":
    main()
