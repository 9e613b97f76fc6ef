"""Each program of benchmarks/ answers at once, runs to its end, and is described and run."""

import importlib
import json
import re
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
BENCHMARKS = ROOT / "benchmarks"
PROGRAMS = sorted(path.stem for path in BENCHMARKS.glob("*.py") if path.stem != "measure")


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_says_what_it_does_without_importing_tensorflow(program):
    """As a module it is imported before it is asked, and must be as quick."""
    code = (
        f"import sys; sys.argv = ['{program}.py', '--help']; import {program}\n"
        "try: {0}.main()\nfinally: assert 'tensorflow' not in sys.modules".format(program)
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=BENCHMARKS, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    for option in ("--quick", "--smoke", "--repeats"):
        assert option in result.stdout


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_runs_at_its_smallest_size(program):
    """An edit of the library must not break it unseen. The numbers mean nothing."""
    command = [sys.executable, f"benchmarks/{program}.py", "--smoke"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    if program == "scale":
        assert re.search(r"\d+ jobs of \d+ rules are planned on 1 Mb", result.stdout)
    else:
        assert re.search(r"^### .+\n\n\| what|^### .+\n\n\| (rule|method) ", result.stdout, re.M)


@pytest.mark.parametrize(("target", "option"), [("bench", ""), ("bench-quick", " --quick")])
def test_make_runs_every_program(target, option):
    plan = subprocess.run(
        ["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    (programs,) = re.findall(r"for program in (.*?); do ", plan)
    assert sorted(Path(program).stem for program in programs.split()) == PROGRAMS
    assert f"do python $program{option}" in plan
    assert "tee results/benchmarks.md" in plan


def test_the_readme_describes_every_program():
    readme = (BENCHMARKS / "README.md").read_text()
    described = re.findall(r"^\*\*`(\w+)\.py`\*\*", readme, re.M)
    assert set(PROGRAMS) <= set(described)


@pytest.fixture
def default_run(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("default_run")


@pytest.fixture
def measure(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("measure")


@pytest.fixture
def scale(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("scale")


@pytest.fixture
def time_to_score(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("time_to_score")


OPTIONS = Namespace(spans=7, repeats=2, quick=True, smoke=False)


def test_processes_at_once_give_what_they_print_last(measure, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "import json, os, sys\n"
        "print('x' * 200_000, file=sys.stderr)\n"  # more than a pipe holds
        "print('first')\n"
        "print(json.dumps([sys.argv[1:], os.environ['OMP_NUM_THREADS']]))\n"
    )
    arguments = ["--measure", "--threads", "3", "--more", "--spans", "7", "--repeats", "2"]
    expected = [[*arguments, "--quick"], "3"]
    assert measure.in_processes(str(program), 2, 3, OPTIONS, "--more") == [expected, expected]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("print('{}')\nprint('what I lack', file=sys.stderr)\nsys.exit(3)", "exit status 3"),
        ("{}['float32']", "exit status 1"),
        ("print('what I lack', file=sys.stderr)\nprint('no table')", "no JSON in the last line"),
        ("print('what I lack', file=sys.stderr)", "no JSON in the last line"),
    ],
)
def test_a_process_that_fails_ends_the_program_with_what_it_said(measure, tmp_path, body, problem):
    program = tmp_path / "program.py"
    program.write_text(f"import sys\n{body}\n")
    with pytest.raises(SystemExit) as raised:
        measure.in_processes(str(program), 1, 1, OPTIONS)
    message = str(raised.value)
    assert problem in message
    assert "program.py --measure" in message
    assert "what I lack" in message or "KeyError: 'float32'" in message


def test_the_smallest_size_is_quick_and_takes_one_turn(measure, monkeypatch):
    def parsed(*arguments):
        monkeypatch.setattr(sys, "argv", ["program.py", *arguments])
        options = measure.parse(measure.parser("program.py", "What it does."))
        return options.quick, options.repeats, measure.size(options, smoke=1, quick=2, full=3)

    assert parsed() == (False, 3, 3)
    assert parsed("--quick", "--repeats", "5") == (True, 5, 2)
    assert parsed("--smoke", "--repeats", "5") == (True, 1, 1)


def test_costs_of_a_span_are_compared_with_and_without_the_starts_of_jobs(scale, default_run):
    """2 s of starts, and 1 s for 1,000 spans on the smaller, 1.5 s on the larger genome."""

    def run(megabases, spans, cpu):
        job = default_run.Job("tile_genome", 0.0, 4.0, cpu, 50.0, 80 + megabases, 400)
        return scale.Run(megabases, spans, {"tile_genome": [job]})

    runs = [run(1, 1_000, 3.0), run(3, 3_000, 5.0), run(10, 10_000, 16.5)]
    name, jobs, peak, seconds, *costs = scale.row_of("tiles", ["tile_genome"], runs)
    assert (name, jobs, peak, seconds) == ("tiles", "1", "90", "4.0")
    assert costs[:3] == ["3.0", "5.0", "16.5"]
    assert costs[3:6] == ["1666.7", "1650.0", "0.99"]  # per million spans
    assert costs[6:] == ["1000.0", "1500.0", "1.50"]  # per million spans beyond those of 1 Mb


def course(time_to_score, folder, values):
    """What is read of a training whose rounds train 2 s, are scored 1 s, and score these values."""
    folder.mkdir()
    rows = [f"{n}\t{value}\t0.5\n" for n, value in enumerate(values, start=1)]
    header = "round\tvalid_average_precision\tvalid_roc_auc\n"
    (folder / "rounds.tsv").write_text(header + "".join(rows))
    rows = [f"{n}\t2.0\t1.0\n" for n in range(1, len(values) + 1)]
    header = "round\ttrain_seconds\tevaluate_seconds\n"
    (folder / "timing.tsv").write_text(header + "".join(rows))
    return time_to_score.read_course(folder)


@pytest.mark.parametrize(
    ("default", "reached"),
    [
        ([0.1, 0.3, 0.2, 0.4], ("2", "0.3000", "4.0", "2.0", "6.0", "2.50")),
        ([0.3, 0.1], ("1", "0.3000", "2.0", "1.0", "3.0", "5.00")),  # as good is good enough
        ([0.1, 0.2], ("not in 2", "", "", "", "", "")),
    ],
)
def test_time_to_score_ends_with_the_first_round_that_is_as_good(
    time_to_score, tmp_path, default, reached
):
    published = course(time_to_score, tmp_path / "published", [0.1, 0.2, 0.3, 0.3, 0.1])
    default = course(time_to_score, tmp_path / "default", default)
    rows = {
        name: tuple(cells)
        for name, *cells in time_to_score.rows_of(default, published, "average_precision")
    }
    assert rows[time_to_score.REACHED] == reached
    assert rows[time_to_score.WHOLE] == ("5", "0.1000", "10.0", "5.0", "15.0", "1.00")
    assert rows[time_to_score.BEST] == ("3", "0.3000", "6.0", "3.0", "9.0", "1.67")


def test_time_to_score_links_the_real_files_where_they_are(time_to_score, monkeypatch, tmp_path):
    monkeypatch.setattr(time_to_score, "ROOT", tmp_path)  # resources/ of a checkout may have them
    monkeypatch.setenv("CISFUSE_REAL_DATA", str(tmp_path / "data"))
    data = tmp_path / "data/jund_hepg2_hg19"
    data.mkdir(parents=True)
    for name in time_to_score.FILES:
        assert time_to_score.real_files() is None
        (data / name).write_text(name)
    assert time_to_score.real_files() == data
    monkeypatch.setattr(time_to_score, "ROOT", ROOT)
    options = Namespace(seeds=[4], rounds=3, quick=False, smoke=False)
    config = time_to_score.read_config(time_to_score.REAL)
    for _ in range(2):  # a second call goes on in the same folder
        path = time_to_score.make_study(tmp_path / "kept", config, data, options)
    made = yaml.safe_load(path.read_text())
    assert made["training"] == {
        "rounds": 3,
        "models": {
            "published": {"architecture": "fusion_cnn", "protocol": "published"},
            "fusion_cnn": {},
        },
        "seeds": [4],
    }
    sheet = (path.parent / made["samples"]).read_text().splitlines()
    names, row = (line.split("\t") for line in sheet)
    assert row[names.index("sample")] == "hepg2"
    linked = [made["references"]["genome"], *(row[names.index(key)] for key in ("spans", "atac"))]
    assert [(path.parent / name).read_text() for name in linked] == list(time_to_score.FILES)


def test_time_with_a_job_is_counted_once(default_run):
    def job(start, end):
        return default_run.Job("rule", start, end, 0.0, 0.0, 0, 0)

    assert default_run.covered([]) == 0
    overlapping = [job(5, 9), job(0, 3), job(1, 2), job(2, 4)]
    assert default_run.covered(overlapping) == 4 + 4


def test_jobs_are_read_from_benchmark_files_and_records(default_run, tmp_path):
    folder = tmp_path / "results/study"
    header = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"
    rows = {
        "tile_genome": "2.5\t0:00:02\t74.0\t1\t1\t1\t1\t0\t52.86\t1.25\n",
        "train_model": "0.3\t0:00:00\tNA\tNA\tNA\tNA\tNA\tNA\tNA\tNA\n",
    }
    for rule, row in rows.items():
        table = folder / f"benchmarks/stage/{rule}.tsv"
        record = folder / f"provenance/jobs/stage/{rule}.json"
        for path in (table, record):
            path.parent.mkdir(parents=True, exist_ok=True)
        table.write_text(header + row)
        record.write_text(
            json.dumps({"rule": rule, "peak_mb": 81, "resources": {"mem_mb": 360, "runtime": 5}})
        )
    jobs = {job.rule: job for job in default_run.read_jobs(tmp_path)}
    assert set(jobs) == {"tile_genome", "train_model"}
    tiles = jobs["tile_genome"]
    assert tiles.end - tiles.start == pytest.approx(2.5)
    assert (tiles.cpu, tiles.load, tiles.peak_mb, tiles.asked_mb) == (1.25, 52.86, 81, 360)
    assert jobs["train_model"].cpu == 0
