"""Where the time and memory of a run of the default study go.

    python benchmarks/default_run.py [--quick] [--cores 2] [--both]

Runs a copy of the workflow in a temporary folder and reads Snakemake's own benchmark files and
the records of the jobs. Asked for is memory as on a cluster, where a job holds Snakemake beside the
script whose peak is given.
A load is in per cent of one core and of the job's life, imports and waiting for the disk
included; every rule has `threads: 1`, so none may pass 100 %. What is not spent inside of a job
is Snakemake's: reading the rules, finding what to run, starting jobs. `--both` runs with one
core too; `--smoke` runs no further than the simulated genome and its index.
"""

import csv
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import measure
import startup
import yaml

ROOT = Path(__file__).resolve().parents[1]
WORKFLOW = ("Snakefile", "workflow", "profiles", "config", "environment.yml")
SMOKE = ("--until", "index_genome")


@dataclass(frozen=True)
class Job:
    """One job: start and end in seconds since the epoch, CPU seconds, load in per cent, MB."""

    rule: str
    start: float
    end: float
    cpu: float
    load: float
    peak_mb: int
    asked_mb: int


@dataclass(frozen=True)
class Run:
    """A run to the end, and a second call that finds nothing to do."""

    jobs: list[Job]
    wall: float
    cpu: float
    nothing: float


def copy_workflow(folder: Path, quick: bool) -> None:
    """Copy what a run needs; a quick run trains two rounds on two shards a split."""
    ignore = shutil.ignore_patterns("__pycache__", ".snakemake")
    for name in WORKFLOW:
        copy = shutil.copy2 if (ROOT / name).is_file() else shutil.copytree
        copy(ROOT / name, folder / name, **({} if copy is shutil.copy2 else {"ignore": ignore}))
    if quick:
        path = folder / "config" / "config.yaml"
        config = yaml.safe_load(path.read_text(encoding="utf-8"))
        config["training"]["rounds"] = 2
        config["examples"] = {"shards": 2}
        path.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")


def snakemake(folder: Path, cores: int, more: Sequence[str] = ()) -> tuple[float, float]:
    """Wall seconds and CPU seconds, those of all jobs included, of one call."""
    environment = {**os.environ}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = [sys.executable, "-m", "snakemake", "--cores", str(cores), *more]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    start, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    result = subprocess.run(command, cwd=folder, env=environment, check=False, **streams)
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if result.returncode:
        raise SystemExit(result.stdout)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def read_jobs(folder: Path) -> list[Job]:
    """All jobs of a run. Snakemake writes a job's benchmark file when the job ends."""
    jobs = []
    for study in folder.glob("results/*"):
        for path in study.glob("benchmarks/**/*.tsv"):
            with open(path, encoding="utf-8", newline="") as handle:
                row = next(csv.DictReader(handle, delimiter="\t"))
            end = path.stat().st_mtime
            cpu, load = (
                float(row[key]) if row[key] not in ("NA", "-") else 0.0
                for key in ("cpu_time", "mean_load")
            )
            name = path.relative_to(study / "benchmarks").with_suffix(".json")
            record = json.loads((study / "provenance/jobs" / name).read_text(encoding="utf-8"))
            memory = record["peak_mb"], record["resources"]["mem_mb"]
            jobs.append(Job(record["rule"], end - float(row["s"]), end, cpu, load, *memory))
    return jobs


def covered(jobs: Sequence[Job]) -> float:
    """Seconds during which one job or more ran."""
    total, reached = 0.0, 0.0
    for job in sorted(jobs, key=lambda job: job.start):
        total += max(0.0, job.end - max(job.start, reached))
        reached = max(reached, job.end)
    return total


def run_study(cores: int, quick: bool, more: Sequence[str] = ()) -> Run:
    """Run the default study in a folder of its own; ``more`` are options of Snakemake."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy_workflow(folder, quick)
        wall, cpu = snakemake(folder, cores, more)
        nothing, _ = snakemake(folder, cores, more)
        return Run(read_jobs(folder), wall, cpu, nothing)


def highest(values: Iterable[float]) -> str:
    """The highest value, or a dash: a job of less than a second may end before Snakemake looks."""
    value = max(values, default=0.0)
    return f"{value:.0f}" if value else "-"


def print_rules(run: Run, cores: int) -> None:
    """A row per rule, in the order of the first job."""
    by_rule: dict[str, list[Job]] = {}
    for job in sorted(run.jobs, key=lambda job: job.start):
        by_rule.setdefault(job.rule, []).append(job)
    rows = [
        (
            rule,
            f"{len(jobs)}",
            f"{sum(job.end - job.start for job in jobs):.1f}",
            f"{sum(job.cpu for job in jobs):.1f}",
            highest(job.load for job in jobs),
            f"{max(job.peak_mb for job in jobs)}",
            f"{max(job.asked_mb for job in jobs)}",
        )
        for rule, jobs in by_rule.items()
    ]
    header = ("rule", "jobs", "seconds", "CPU seconds", "highest load in %", "peak MB", "asked MB")
    measure.print_table(f"The default study on {cores} core(s), rule by rule", header, rows)


def print_totals(runs: dict[int, Run], costs: dict[str, startup.StartUp]) -> None:
    """What the runs took as a whole, a column per number of cores."""
    preamble = costs[startup.PREAMBLE].seconds - costs[startup.BARE].seconds
    rows = []
    for cores, run in runs.items():
        seconds = sum(job.end - job.start for job in run.jobs)
        starting = sum(costs[job.rule].seconds + preamble for job in run.jobs)
        inside = covered(run.jobs)
        rows.append(
            {
                "jobs": f"{len(run.jobs)}",
                "wall seconds": f"{run.wall:.1f}",
                "seconds during which a job ran": f"{inside:.1f}",
                "seconds during which none ran": f"{run.wall - inside:.1f}",
                "seconds of a second call, with nothing to do": f"{run.nothing:.1f}",
                "seconds of all jobs": f"{seconds:.1f}",
                "of these, starting and importing": f"{starting:.1f}",
                "share of starting and importing in %": f"{100 * starting / seconds:.0f}",
                "CPU seconds, Snakemake's included": f"{run.cpu:.1f}",
                "load of the cores given in %": f"{100 * run.cpu / run.wall / cores:.0f}",
            }
        )
    header = ("what", *(f"{cores} core(s)" for cores in runs))
    table = [(what, *(column[what] for column in rows)) for what in rows[0]]
    measure.print_table("The default study as a whole", header, table)


def main() -> None:
    parser = measure.parser("default_run.py", __doc__)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--both", action="store_true", help="with --cores and with one core")
    options = measure.parse(parser)
    counts = [options.cores, 1] if options.both else [options.cores]
    more = SMOKE if options.smoke else ()
    runs = {cores: run_study(cores, options.quick, more) for cores in counts}
    rules = sorted({job.rule for run in runs.values() for job in run.jobs})
    costs = startup.start_ups(1 if options.quick else options.repeats, rules)
    for cores, run in runs.items():
        print_rules(run, cores)
    print_totals(runs, costs)


if __name__ == "__main__":
    main()
