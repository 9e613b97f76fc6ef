"""Seconds until the default protocol scores on valid what the published one does in its rounds.

    python benchmarks/time_to_score.py [--quick] [--rounds 20] [--seeds 0] [--keep FOLDER]

Trains the fusion CNN by both protocols, models `fusion_cnn` and `published` of
config/jund_hepg2_protocols.yaml, one after the other on one thread, and reads each round's scores
and times. Seconds are those of training and of scoring after each round (valid, and the draw of
train whose scores stand beside it); starts of processes and the making of examples are not counted.
HepG2's files are looked for in jund_hepg2_hg19/ of the folder that the environment variable
CISFUSE_REAL_DATA names, and in resources/jund_hepg2/. Without them, and with `--quick`, the
simulated study is trained instead; `--quick` ends before accessibility joins the default protocol.
On HepG2 20 rounds take 40 minutes and more; each round says what it scored and how long the others
will take. With `--keep` the trainings stay in FOLDER, and another call goes on from their last
complete rounds. Each seed is trained once, whatever `--repeats` says.
"""

import csv
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import measure
import yaml

ROOT = Path(__file__).resolve().parents[1]
REAL, SIMULATED = "jund_hepg2_protocols.yaml", "config.yaml"
FILES = ("chr22.fa.gz", "spans.bed.gz", "accessibility.txt.gz")
DEFAULT, PUBLISHED = "fusion_cnn", "published"
SCORES = {"average_precision": "average precision", "roc_auc": "ROC-AUC"}
WHOLE, BEST = "published protocol, all rounds", "published protocol, its best round"
REACHED, OWN_BEST = "default protocol, first to reach it", "default protocol, its best round"


@dataclass(frozen=True)
class Round:
    """A round: its scores on valid, and the seconds of it and all earlier ones."""

    number: int
    scores: dict[str, float]
    train_seconds: float
    score_seconds: float

    @property
    def seconds(self) -> float:
        return self.train_seconds + self.score_seconds


def real_files() -> Path | None:
    """The folder that holds HepG2's files, or None."""
    named = os.environ.get("CISFUSE_REAL_DATA")
    folders = [Path(named, "jund_hepg2_hg19").resolve()] if named else []
    folders.append(ROOT / "resources" / "jund_hepg2")
    return next((f for f in folders if all((f / name).is_file() for name in FILES)), None)


def read_config(name: str) -> dict:
    """A config of the repository."""
    return yaml.safe_load((ROOT / "config" / name).read_text(encoding="utf-8"))


def make_study(folder: Path, config: dict, data: Path | None, options) -> Path:
    """Write the config of both models and its sheet, and link the data; returns the config's path.

    ``config`` is that of a study; ``data`` holds HepG2's files, or is None for simulated ones.
    """
    known = read_config(REAL)["training"]["models"]
    fewer = {"epochs_per_round": 1} if options.smoke else {}
    models = {name: known[name] | fewer for name in (PUBLISHED, DEFAULT)}
    training = {**config["training"], "models": models}
    training |= {"seeds": options.seeds, "rounds": options.rounds}
    config = {**config, "training": training, "samples": f"{config['study']}.tsv"}
    folder.mkdir(parents=True, exist_ok=True)
    sheet = "samples.tsv" if data is None else "jund_hepg2.tsv"
    shutil.copyfile(ROOT / "config" / sheet, folder / config["samples"])
    if data is not None:
        target = folder / "resources" / "jund_hepg2"
        target.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            if not (target / name).exists():
                (target / name).symlink_to(data / name)
    path = folder / f"{config['study']}.yaml"
    path.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    return path


def train(folder: Path, config: Path, targets: Sequence[str], cores: int) -> None:
    """Run the workflow up to the trainings; what it says goes to standard error.

    No lock: one that a killed run left would stop the next. A training locks its own folder.
    """
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")]
    command += ["--workflow-profile", str(ROOT / "profiles" / "default"), "--nolock"]
    command += ["--configfile", config.name, "--cores", str(cores), *targets]
    result = subprocess.run(
        command, cwd=folder, env={**os.environ, "PATH": path}, stdout=sys.stderr, check=False
    )
    if result.returncode:
        raise SystemExit(f"the trainings failed with exit status {result.returncode}; see above")


def read_course(folder: Path) -> list[Round]:
    """The rounds of a training, from its tables of scores and of times."""
    tables = []
    for name in ("rounds.tsv", "timing.tsv"):
        with open(folder / name, encoding="utf-8", newline="") as handle:
            tables.append(list(csv.DictReader(handle, delimiter="\t")))
    course, train_seconds, score_seconds = [], 0.0, 0.0
    for row, times in zip(*tables, strict=True):
        train_seconds += float(times["train_seconds"])
        score_seconds += float(times["evaluate_seconds"])
        scores = {name: float(row[f"valid_{name}"]) for name in SCORES}
        course.append(Round(int(row["round"]), scores, train_seconds, score_seconds))
    return course


def rows_of(default: list[Round], published: list[Round], score: str) -> list[tuple[str, ...]]:
    """A row for each end of a course; the ratio is how often it goes into all published rounds."""

    def best(course: list[Round]) -> Round:
        return max(course, key=lambda each: (each.scores[score], -each.number))

    goal = best(published)
    reached = next((each for each in default if each.scores[score] >= goal.scores[score]), None)
    ends = {WHOLE: published[-1], BEST: goal, REACHED: reached, OWN_BEST: best(default)}
    return [
        (
            name,
            f"{end.number}",
            f"{end.scores[score]:.4f}",
            f"{end.train_seconds:.1f}",
            f"{end.score_seconds:.1f}",
            f"{end.seconds:.1f}",
            f"{published[-1].seconds / end.seconds:.2f}",
        )
        if end
        else (name, f"not in {len(default)}", *[""] * 5)
        for name, end in ends.items()
    ]


def main() -> None:
    parser = measure.parser("time_to_score.py", __doc__)
    parser.add_argument("--rounds", type=int, help="of both protocols; 20, or 4 with --quick")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="train there, and go on there")
    options = measure.parse(parser)
    options.rounds = options.rounds or measure.size(options, smoke=1, quick=4, full=20)
    data = None if options.quick else real_files()
    if data is None and not options.quick:
        print(
            f"\nHepG2's files ({', '.join(FILES)}) are not there: the simulated study is trained."
        )
    study = read_config(SIMULATED if data is None else REAL)
    sample, kind = ("jund", "SIMULATED data") if data is None else ("hepg2", "real data, HepG2")
    runs = {
        (model, seed): f"results/{study['study']}/training/{sample}/{model}/seed-{seed}"
        for seed in options.seeds
        for model in (PUBLISHED, DEFAULT)
    }
    keep = nullcontext(options.keep) if options.keep else tempfile.TemporaryDirectory()
    with keep as name:
        folder = Path(name)
        config = make_study(folder, study, data, options)
        # Of a training that is there Snakemake asks for more rounds where a later one is named.
        last = f"round-{options.rounds:02d}.keras"
        targets = [f"{run}/{file}" for run in runs.values() for file in ("rounds.tsv", last)]
        train(folder, config, targets, cores=2 if options.smoke else 1)
        courses = {key: read_course(folder / run) for key, run in runs.items()}
    for seed in options.seeds:
        for score, words in SCORES.items():
            rows = rows_of(courses[DEFAULT, seed], courses[PUBLISHED, seed], score)
            header = (f"what ({kind})", "round", f"{words}, valid", "seconds of training")
            header += ("of scoring", "seconds", "ratio")
            title = f"Time to score, {words}, {options.rounds} round(s), seed {seed}; {kind}"
            measure.print_table(title, header, rows)


if __name__ == "__main__":
    main()
