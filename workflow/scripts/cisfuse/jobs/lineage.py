"""What made a file: the jobs that wrote it and what they read, back to the user's own files."""

from collections.abc import Iterable, Mapping
from typing import Any

from cisfuse.base.errors import DamagedFileError
from cisfuse.jobs.records import Records, rebuild_command


def trace(records: Records, paths: Iterable[str]) -> dict[str, Any]:
    """The lineage of files that rules of the study made, as JSON.

    ``inputs``: SHA-256 of each file that no rule made, as it was read. ``jobs``: by name, the
    rule, wildcards, threads, digest of the code, seconds, and SHA-256 of each file that it
    made. ``environments``: versions and machines, each with the names of its jobs.
    Raises `DamagedFileError` for a file or job whose record is missing or damaged.
    """
    inputs: dict[str, str] = {}
    jobs: dict[str, Any] = {}
    environments: list[dict[str, Any]] = []
    pending = list(dict.fromkeys(paths))
    while pending:
        path = pending.pop()
        name = _job_of(records, path)
        if name in jobs:
            continue
        job = records.of_job(name)
        jobs[name] = {
            **{key: job[key] for key in ("rule", "wildcards", "threads", "seconds", "outputs")},
            "code": job["params"].get("code"),
        }
        place = {key: job[key] for key in ("versions", "machine")}
        _environment(environments, place)["jobs"].append(name)
        for source, digest in job["inputs"].items():
            if records.of_file(source):
                pending.append(source)
            else:
                inputs[source] = digest
    for environment in environments:
        environment["jobs"].sort()
    return {"inputs": inputs, "jobs": jobs, "environments": environments}


def seeds_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """Every key ``seed`` or ``seeds`` of a config, by its place: ``training.seeds``."""
    found = {}
    for key, value in config.items():
        if key in ("seed", "seeds"):
            found[key] = value
        elif isinstance(value, Mapping):
            found |= {f"{key}.{place}": seed for place, seed in seeds_of(value).items()}
    return found


def _job_of(records: Records, path: str) -> str:
    record = records.of_file(path)
    if record is None:
        raise DamagedFileError(
            f"{path}: there is no record of the job that made it; make it anew: "
            f"{rebuild_command(path)}"
        )
    return record["job"]


def _environment(environments: list[dict[str, Any]], place: dict[str, Any]) -> dict[str, Any]:
    """The entry of these versions and this machine, made where there is none."""
    for environment in environments:
        if place == {key: environment[key] for key in place}:
            return environment
    environments.append({**place, "jobs": []})
    return environments[-1]
