"""Cost per span and peak memory of the workflow on a large genome against a small one.

    python benchmarks/scale.py [--quick] [--cores 2] [--megabases 30 300] [--keep FOLDER]

Runs the workflow itself on simulated genomes of ten chromosomes, up to the predictions of the
fusion CNN after one epoch, and reads Snakemake's benchmark files. Training is shown but is no
part of the totals. A job pays for its start and imports whatever its size, which makes a span
cheaper in a larger genome. Therefore a genome of 1 Mb is run too, which costs little else, and
the last ratio is that of what the further spans of either genome cost on top of it. Costs are
CPU seconds, which depend less than seconds on what else the machine does. Each genome is run
once, whatever `--repeats` says. `--smoke` runs no job: it asks for the plan on the smallest genome
and compares its rules with those of the tables.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import default_run
import measure
import yaml
from references import simulated_genome

STUDY = "scale"
CHROMOSOMES = [f"chr{number}" for number in range(1, 11)]
TARGET = f"results/{STUDY}/evaluation/sample/fusion_cnn/seed-0/test.tsv.gz"
STAGES = {
    "spans": ("tile_genome", "label_spans", "share_splits", "split_spans"),
    "signals": ("extract_signal",),
    "TFRecords": ("write_tfrecords", "verify_tfrecords"),
    "prediction": ("predict_spans",),
}
START = 1  # Mb; shows what jobs cost before their first span
OUTSIDE = ("index_genome", "check_inputs", "train_model")
# Snakemake looks at a job every half second, from its 15th second on every 30 seconds, which
# misses peaks and the last CPU seconds. Here it looks every tenth of a second, always.
LAUNCH = """
import sys
import snakemake.benchmark
snakemake.benchmark.BENCHMARK_INTERVAL_SHORT = 0.1
snakemake.benchmark.benchmarked.__wrapped__.__defaults__ = (None, None, 10**9)
from snakemake.cli import main
sys.exit(main())
"""


@dataclass(frozen=True)
class Run:
    """The jobs of each rule on one genome, and its number of spans."""

    megabases: int
    spans: int
    jobs: dict[str, list[default_run.Job]]

    def of(self, rules: Sequence[str]) -> list[default_run.Job]:
        return [job for rule in rules for job in self.jobs[rule]]


def make_study(folder: Path, megabases: int) -> None:
    """A copy of the workflow, with a config and a sample sheet of simulated files."""
    folder.mkdir(parents=True)
    default_run.copy_workflow(folder, quick=False)
    size = megabases * 1_000_000 // len(CHROMOSOMES)
    data = simulated_genome.write_study(folder / "data", dict.fromkeys(CHROMOSOMES, size))
    paths = {name: str(path.relative_to(folder)) for name, path in data.items()}
    row = ("sample", "FACTOR", "cell", paths["peaks"], "", paths["bigwig"])
    header = "sample\tfactor\tcell\tpeaks\tspans\tatac\n"
    (folder / "samples.tsv").write_text(header + "\t".join(row) + "\n")
    config = {
        "study": STUDY,
        "samples": "samples.tsv",
        "references": {"genome": paths["fasta"], "blacklist": paths["blacklist"]},
        "spans": {"chromosomes": CHROMOSOMES},
        "splits": {"method": "chromosomes"},
        "training": {"models": {"fusion_cnn": {}}, "rounds": 1, "epochs_per_round": 1},
    }
    (folder / "scale.yaml").write_text(yaml.safe_dump(config))


def snakemake(folder: Path, cores: int, *more: str) -> str:
    """Run Snakemake in a study's folder; returns what it printed."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = [sys.executable, "-c", LAUNCH, "--configfile", "scale.yaml"]
    result = subprocess.run(
        [*command, "--cores", str(cores), *more, TARGET],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise SystemExit(result.stdout + result.stderr)
    return result.stdout + result.stderr


def run(folder: Path, megabases: int, cores: int) -> Run:
    """Run the workflow on a simulated genome."""
    make_study(folder, megabases)
    snakemake(folder, cores)
    jobs: dict[str, list[default_run.Job]] = {}
    for job in default_run.read_jobs(folder):
        jobs.setdefault(job.rule, []).append(job)
    rows = (folder / f"results/{STUDY}/spans/sample/splits.tsv").read_text().splitlines()[1:]
    return Run(megabases, sum(int(row.split("\t")[2]) for row in rows), jobs)


def row_of(name: str, rules: Sequence[str], runs: Sequence[Run]) -> tuple[str, ...]:
    """Jobs, seconds and peak memory on the largest genome; costs of a span, and their ratios."""
    seconds = [sum(job.cpu for job in each.of(rules)) for each in runs]
    larger = list(zip(seconds[1:], runs[1:], strict=True))
    plain = [1e6 * each / run.spans for each, run in larger]
    further = [1e6 * (each - seconds[0]) / (run.spans - runs[0].spans) for each, run in larger]
    jobs = runs[-1].of(rules)
    return (
        name,
        f"{len(jobs)}",
        f"{max(job.peak_mb for job in jobs):.0f}",
        f"{sum(job.end - job.start for job in jobs):.1f}",
        *(f"{each:.1f}" for each in seconds),
        *(f"{cost:.1f}" for cost in plain),
        f"{plain[1] / plain[0]:.2f}",
        *(f"{cost:.1f}" for cost in further),
        f"{further[1] / further[0]:.2f}" if further[0] > plain[0] / 10 > 0 else "",
    )


def check_plan(folder: Path, cores: int) -> None:
    """Ask for the plan on the smallest genome; its rules have to be those of the tables."""
    make_study(folder, START)
    stats = snakemake(folder, cores, "--dry-run").partition("Job stats:")[2]
    jobs = dict(re.findall(r"^(\w+) +(\d+)$", stats, re.M))
    total = int(jobs.pop("total", 0))
    tabled = {*OUTSIDE, *(rule for stage in STAGES.values() for rule in stage)}
    if set(jobs) != tabled:
        raise SystemExit(f"not both in the plan and in the tables: {tabled ^ set(jobs)}")
    print(f"\n{total} jobs of {len(jobs)} rules are planned on {START} Mb.")


def print_runs(runs: Sequence[Run]) -> None:
    """A row per rule, then per stage, then of all stages."""
    rules = [rule for stage in STAGES.values() for rule in stage]
    groups = {rule: (rule,) for rule in [*OUTSIDE, *rules]}
    groups |= {f"all {stage}": members for stage, members in STAGES.items()}
    groups["total, from spans to prediction"] = tuple(rules)
    start, small, large = (f"{each.megabases} Mb" for each in runs)
    header = ("what", "jobs", "peak MB", "seconds", f"CPU seconds, {start}", small, large)
    header += (f"per million spans, {small}", large, "ratio")
    header += (f"per million further spans, {small}", large, "ratio")
    spans = ", ".join(f"{each.spans:,}" for each in runs)
    print(f"\nSIMULATED genomes of {start}, {small} and {large}, with {spans} spans.")
    print("The last ratio is left out where nine tenths of the cost are starts of jobs.")
    title = f"Cost of a span; jobs, memory and seconds are those of {large}"
    measure.print_table(title, header, [row_of(*group, runs) for group in groups.items()])


def main() -> None:
    parser = measure.parser("scale.py", __doc__)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--megabases", type=int, nargs=2, help="of both genomes; 30 and 300")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave the runs there")
    options = measure.parse(parser)
    sizes = [START, *(options.megabases or ([3, 10] if options.quick else [30, 300]))]
    keep = nullcontext(options.keep) if options.keep else tempfile.TemporaryDirectory()
    with keep as folder:
        if options.smoke:
            check_plan(Path(folder, "plan"), options.cores)
            return
        runs = [run(Path(folder, f"{size}_Mb"), size, options.cores) for size in sizes]
    print_runs(runs)


if __name__ == "__main__":
    main()
