"""Verify a study's files against their records, or against those of another run of it.

With ``workflow/scripts`` on the ``PYTHONPATH``::

    python -m cisfuse.jobs.verification results/STUDY
    python -m cisfuse.jobs.verification results/STUDY --against ELSEWHERE/results/STUDY

The exit status is 1 when anything differs. The records are those of `cisfuse.jobs.records`.
"""

import argparse
import io
import json
import os
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import h5py
import numpy as np

from cisfuse.base.errors import CisfuseError, DamagedFileError, InputError
from cisfuse.base.files import sha256
from cisfuse.jobs.records import Records, rebuild_command

# These say when and where a run took place, and so differ from run to run.
RUN_DEPENDENT = ("timing.tsv", "provenance.json")
WEIGHTS = "model.weights.h5"
MODEL_CONFIG = "config.json"


def verify(records: Records) -> tuple[int, list[str]]:
    """Compare every file with its record.

    Returns the number of files, and a line for each that is damaged or missing, or that the
    user changed since a job read it. Raises `InputError` where there are no records.
    """
    made, problems = recorded_files(records), []
    for path in made:
        if not os.path.exists(path):
            problems.append(f"{path}: missing; make it anew: {rebuild_command(path)}")
            continue
        try:
            if records.of_file(path)["sha256"] != sha256(path):
                problems.append(f"{path}: {records.damage(path)}")
        except DamagedFileError as error:
            problems.append(str(error))
    read = list(_files_read(records, set(made)))
    for path, digest, job in read:
        if not os.path.exists(path):
            problems.append(f"{path}: missing, and {job} read it; bring it back")
        elif sha256(path) != digest:
            problems.append(f"{path}: changed since {job} read it; run the study again")
    return len(made) + len(read), problems


def compare(records: Records, others: Records) -> tuple[int, list[str]]:
    """Compare what two runs of a study made, file by file.

    Files are equal when their bytes are; ``.keras`` archives when their weights and their
    architecture are. Logs, times and provenance are no results. Paths are compared below the
    folder in which Snakemake ran. Returns the number of files, and a line for each that
    differs or that only one run made.
    """
    roots = [_working_folder(each) for each in (records, others)]
    made = [
        {path for path in recorded_files(each) if PurePosixPath(path).name not in RUN_DEPENDENT}
        for each in (records, others)
    ]
    problems = [
        f"{path}: only one of the two runs made it"
        for path in sorted(made[0] ^ made[1])
        if not path.startswith("resources/")
    ]
    common = sorted(made[0] & made[1])
    for path in common:
        if not same_content(roots[0] / path, roots[1] / path):
            problems.append(f"{path}: differs")
    return len(common), problems


def recorded_files(records: Records) -> list[str]:
    """Paths of all files that rules made, sorted, as Snakemake called them."""
    found: set[str] = set()
    for job in records.job_names():
        found.update(records.of_job(job)["outputs"])
    if not found:
        raise InputError(
            f"{records.folder}: no records of a run ({records.jobs}); name the folder of a study "
            "that ran, for example results/jund_simulated"
        )
    return sorted(found)


def same_content(path: Path, other: Path) -> bool:
    """Tell whether two files hold the same result."""
    if sha256(path) == sha256(other):
        return True
    if path.suffix != ".keras":
        return False
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(other) as opposite:
        if _architecture(archive) != _architecture(opposite):
            return False
        weights = [_weights(each) for each in (archive, opposite)]
    return weights[0].keys() == weights[1].keys() and all(
        np.array_equal(array, weights[1][name]) for name, array in weights[0].items()
    )


def _architecture(archive: zipfile.ZipFile) -> dict:
    """The configuration of a model, without the addresses in memory that Keras writes into it."""

    def without_address(entry: dict) -> dict:
        return {key: value for key, value in entry.items() if key != "shared_object_id"}

    return json.loads(archive.read(MODEL_CONFIG), object_hook=without_address)


def _weights(archive: zipfile.ZipFile) -> dict[str, np.ndarray]:
    """The arrays of a ``.keras`` archive by their names."""
    found: dict[str, np.ndarray] = {}

    def keep(name: str, node: h5py.Group | h5py.Dataset) -> None:
        if isinstance(node, h5py.Dataset):
            found[name] = node[()]

    with h5py.File(io.BytesIO(archive.read(WEIGHTS)), "r") as file:
        file.visititems(keep)
    return found


def _files_read(records: Records, made: set[str]) -> Iterator[tuple[str, str, str]]:
    """Each file of the user's once per content: path, SHA-256 as it was read, and a job."""
    seen = set()
    for job in records.job_names():
        for path, digest in records.of_job(job)["inputs"].items():
            if path not in made and (path, digest) not in seen:
                seen.add((path, digest))
                yield path, digest, job


def _working_folder(records: Records) -> Path:
    """The folder in which Snakemake ran, two above results/STUDY."""
    return records.folder.resolve().parents[1]


def main(arguments: list[str] | None = None) -> int:
    """Print what is wrong, a line each, then the count; the exit status says whether any is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("study", help="its folder, results/STUDY")
    parser.add_argument("--against", metavar="STUDY", help="the folder of another run of it")
    options = parser.parse_args(arguments)
    records = Records(options.study)
    try:
        if options.against:
            count, problems = compare(records, Records(options.against))
            good = "files are the same in both runs"
        else:
            count, problems = verify(records)
            good = "files are as they were written and read"
    except CisfuseError as error:
        print(error, file=sys.stderr)
        return 1
    for problem in problems:
        print(problem)
    bad = len(problems)
    print(f"{count - bad:,} {good}" + (f", {bad:,} are not" if bad else ""))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
