"""Each program of benchmarks/ answers at once, and is described and run."""

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

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
    for option in ("--quick", "--repeats"):
        assert option in result.stdout


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
