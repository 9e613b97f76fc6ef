"""Records of what rules read and wrote, kept beside the results and compared before a file is used.

Below ``results/STUDY/provenance/``, ``files/PATH.json`` says of each file that a rule made its
SHA-256 and its job, ``jobs/JOB.json`` of each job what it read, wrote and ran with. No rule
declares these files, so that an edit of them reruns nothing.
"""

import os
import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cisfuse.base.errors import DamagedFileError
from cisfuse.base.files import read_json, sha256, write_json

JOB_KEYS = {
    *("rule", "wildcards", "params", "threads", "resources", "seconds", "peak_mb"),
    *("inputs", "outputs", "versions", "machine"),
}
ELSEWHERE = {os.sep: "@root", os.pardir: "@above"}
# The options by which the study was chosen; common.smk sets them for the jobs.
OPTIONS_VARIABLE = "CISFUSE_OPTIONS"


class Records:
    """The records of one study; ``folder`` is ``results/STUDY``."""

    def __init__(self, folder: str | Path):
        self.folder = Path(folder)
        self.files = self.folder / "provenance" / "files"
        self.jobs = self.folder / "provenance" / "jobs"

    def path_of_file(self, path: str | Path) -> Path:
        """Where the record of a file is, also of one outside the working folder.

        The folder above and the root have names of their own there, so that no record of a file
        elsewhere is taken for that of one of the same name here.
        """
        parts = (ELSEWHERE.get(part, part) for part in Path(os.path.normpath(path)).parts)
        record = self.files.joinpath(*parts)
        return record.with_name(f"{record.name}.json")

    def path_of_job(self, job: str) -> Path:
        """Where the record of a job is."""
        return self.jobs / f"{job}.json"

    def of_file(self, path: str | Path) -> dict | None:
        """``sha256`` and ``job`` of a file; None where no rule of the study recorded it.

        Raises `DamagedFileError` when the record cannot be read.
        """
        record = self.path_of_file(path)
        if not record.is_file():
            return None
        try:
            found = read_json(record)
            return {"sha256": found["sha256"], "job": found["job"]}
        except (DamagedFileError, KeyError, TypeError) as error:
            raise DamagedFileError(
                f"{path}: its record {record} is damaged; make it anew: {rebuild_command(path)}"
            ) from error

    def of_job(self, name: str) -> dict[str, Any]:
        """What is recorded of a job.

        Raises `DamagedFileError` when it cannot be read, and when it, or a file that it says to
        have made, would lie outside the folder: no job writes such a record.
        """
        if is_outside(name):
            raise DamagedFileError(
                f"{self.files}: the record of a file names the job {name}, outside {self.jobs}; "
                f"delete the records, {self.files.parent}, and the study's results, and run again"
            )
        record = self.path_of_job(name)
        try:
            found = read_json(record)
        except (DamagedFileError, OSError):
            found = None
        if not isinstance(found, dict) or not found.keys() >= JOB_KEYS:
            raise DamagedFileError(
                f"{record}: the record of a job is damaged or missing; make the files of {name} "
                "anew: delete them, and run again"
            )
        if outside := next(filter(is_outside, found.get("outputs") or ()), None):
            raise DamagedFileError(
                f"{record}: names {outside} as a file that {name} made, outside the working "
                "folder; delete the record and the files of the job, and run again"
            )
        return found

    def job_names(self) -> list[str]:
        """The names of all jobs that are recorded, sorted."""
        return sorted(
            path.relative_to(self.jobs).with_suffix("").as_posix()
            for path in self.jobs.rglob("*.json")
        )

    def check(self, paths: Iterable[str]) -> dict[str, str]:
        """SHA-256 of each file, in hexadecimal, each compared with its record if it has one.

        Raises `DamagedFileError` for the first file that is not what its rule wrote.
        """
        found = {}
        for path in dict.fromkeys(map(str, paths)):
            found[path] = sha256(path)
            record = self.of_file(path)
            if record and record["sha256"] != found[path]:
                raise DamagedFileError(f"{path}: {self.damage(path)}")
        return found

    def damage(self, path: str) -> str:
        """What is wrong with a file that is not what its rule wrote, and how to fix it."""
        brought = ""
        if path.startswith("resources/"):
            brought = f"if you put it there yourself, delete {self.path_of_file(path)}, else "
        return (
            "damaged, or changed by hand: its SHA-256 is not that of the file which its rule "
            f"wrote; {brought}make it anew: {rebuild_command(path)}"
        )

    def write(self, job: str, outputs: Iterable[str], about: Mapping[str, Any]) -> None:
        """Record a job that ended well, and the files that it made."""
        made = {str(path): sha256(path) for path in outputs}
        _write(self.path_of_job(job), {**about, "outputs": made})
        for path, digest in made.items():
            _write(self.path_of_file(path), {"sha256": digest, "job": job})


def is_outside(path: str | Path) -> bool:
    """Tell whether a path leads out of the working folder, or may do so."""
    return os.pardir in Path(path).parts or Path(path).is_absolute()


def rebuild_command(path: str | Path) -> str:
    """The command that makes a file of the study anew."""
    command = f"snakemake --cores all --force {shlex.quote(str(path))}"
    options = os.environ.get(OPTIONS_VARIABLE)
    return f"{command} {options}" if options else command


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(content, path)
