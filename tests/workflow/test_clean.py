"""`make clean` removes results, and nothing that is dear or is not a run's."""

import json
import os
import runpy
import shutil
import subprocess
from pathlib import Path

import pytest
from study import MODELS, RESULTS, ROOT, plan, read_table, snakemake

RECORDS = RESULTS / "provenance"
GENOME = "resources/tiny/genome/genome.fa"
INDEXING = "references/index_genome"
STATE = RESULTS / "training/jund/fusion_cnn/seed-0/state"
KEPT = {
    *(STATE / "identity.json", STATE / "state-01.npz", STATE.with_name("state.old-1") / "x.npz"),
    RESULTS / "training/jund/fold-0/fusion_cnn/seed-1/state/round-01.json",
    RECORDS / f"files/{GENOME}.json",
    RECORDS / f"jobs/{INDEXING}.json",
    *map(Path, (GENOME, "resources/tiny/mine.bed", "results/other/summary.txt", "tiny.yaml")),
}
REMOVED = {
    *(RESULTS / "summary.txt", RESULTS / "logs/training/state.log", RESULTS / "training/a.tsv"),
    *(STATE.with_name("best.keras"), STATE.with_name("statement"), RESULTS / "spans/state/x.tsv"),
    *(RECORDS / "files/results/tiny/summary.txt.json", RECORDS / "jobs/report/summarise.json"),
}


@pytest.fixture
def folder(tmp_path):
    """A study as a run leaves it, in few files."""
    (tmp_path / "study/workflow").mkdir(parents=True)
    for path in KEPT | REMOVED:
        (tmp_path / "study" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "study" / path).write_text(json.dumps({"job": INDEXING}))
    return copy_clean(tmp_path / "study")


def copy_clean(folder):
    shutil.copy2(ROOT / "Makefile", folder)
    shutil.copy2(ROOT / "workflow/clean.py", folder / "workflow")
    return folder


def make_clean(folder, *arguments, **variables):
    """Run make as a person does, also where make runs the tests."""
    own = {key: value for key, value in os.environ.items() if key not in ("STUDY", "MAKEFLAGS")}
    return subprocess.run(
        ["make", "clean", *arguments],
        cwd=folder,
        env={**own, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def files_of(folder):
    """Relative paths of files and links, but for those of `copy_clean`."""
    paths = {path.relative_to(folder) for path in folder.rglob("*") if not path.is_dir()}
    return paths - {Path("Makefile"), Path("workflow/clean.py")}


def test_states_of_training_and_resources_stay_and_all_else_goes(folder):
    outside = folder / "outside"
    outside.mkdir()
    (outside / "file").touch()
    (folder / RESULTS / "linked").symlink_to(outside)
    (folder / RESULTS / "broken").symlink_to("nowhere")
    result = make_clean(folder, "STUDY=tiny")
    assert result.returncode == 0, result.stdout
    assert files_of(folder) == KEPT | {Path("outside/file")}
    assert f"removed {len(REMOVED) + 2} files of results/tiny" in result.stdout
    assert f"\n  {STATE}\n" in result.stdout
    assert not [path for path in folder.rglob("*") if path.is_dir() and not any(path.iterdir())]


NO_NAMES = [
    *("", ".", "..", "/", "tiny/", "tiny/training", "../study/results/tiny", "other tiny"),
    *("missing", "*", "t*", "-rf", "--help", "tiny\n", "$(shell touch pwned)"),
    *("$$(touch pwned)", "`touch pwned`", 'tiny"; touch pwned; "', "tiny'; touch pwned; '"),
]


@pytest.mark.parametrize("name", NO_NAMES)
@pytest.mark.parametrize("way", ["argument", "environment"])
def test_what_is_no_name_of_a_study_reaches_the_program_as_it_is(folder, name, way):
    """A stand-in for the program says what it was given: a test must not ask to remove ``/``."""
    (folder / "workflow/clean.py").write_text("import sys; print('given', sys.argv[1:])\n")
    before = files_of(folder)
    given = [[f"STUDY={name}"], {}] if way == "argument" else [[], {"STUDY": name}]
    result = make_clean(folder, *given[0], **given[1])
    assert f"\ngiven {[name]}\n" in result.stdout
    assert files_of(folder) == before


def test_only_folders_in_results_are_studies(folder, monkeypatch):
    monkeypatch.chdir(folder)
    (folder / "results/link").symlink_to(folder / "resources")
    found = runpy.run_path(str(ROOT / "workflow/clean.py"))["studies"]()
    assert found == {name: Path("results") / name for name in ("other", "tiny")}
    assert not found.keys() & set(NO_NAMES)


def test_a_name_that_is_no_study_is_refused(folder):
    before = files_of(folder)
    result = make_clean(folder, "STUDY=missing")
    assert result.returncode != 0
    assert "'missing' is no study in results/; name one: make clean STUDY=NAME" in result.stdout
    assert "one of: other, tiny" in result.stdout
    assert files_of(folder) == before


def test_without_a_name_not_even_the_default_study_goes(folder):
    (folder / "results/jund_simulated").mkdir()
    (folder / "results/jund_simulated/summary.txt").touch()
    before = files_of(folder)
    assert make_clean(folder).returncode != 0
    assert files_of(folder) == before


@pytest.mark.parametrize(
    ("line", "locked"),
    [("results/tiny/summary.txt", True), ("results/other/x", False), ("results/tiny.old/x", False)],
)
def test_a_locked_study_stays_whole(folder, line, locked):
    lock = folder / ".snakemake/locks/0.output.lock"
    lock.parent.mkdir(parents=True)
    lock.write_text(f"results/another/x\n{line}\n")
    before = files_of(folder)
    result = make_clean(folder, "STUDY=tiny")
    assert (result.returncode != 0) == locked
    assert ("results/tiny is locked" in result.stdout) == locked
    assert ("snakemake --unlock" in result.stdout) == locked
    assert (files_of(folder) == before) == locked


def test_a_running_snakemake_holds_its_study(study):
    """The lock is Snakemake's own: a rule's job tries to clean."""
    copy_clean(study)
    (study / "outer.smk").write_text(
        'rule own:\n    output: "results/tiny/own.txt"\n'
        '    shell: "make clean STUDY=tiny > clean.log 2>&1 && exit 1 || touch {output}"\n'
    )
    snakemake(study, "--snakefile", "outer.smk", config=None)
    assert "results/tiny is locked" in (study / "clean.log").read_text()
    assert make_clean(study, "STUDY=tiny").returncode == 0


@pytest.mark.slow
def test_a_run_after_clean_trains_nothing_and_ends_in_the_same_bytes(study, finished_study):
    made = [RESULTS / f"training/jund/{model}/seed-0/rounds.tsv" for model in MODELS]
    made += [RESULTS / f"evaluation/jund/{model}/seed-0/test.tsv.gz" for model in MODELS]
    result = make_clean(copy_clean(study), "STUDY=tiny")
    assert result.returncode == 0, result.stdout
    left = {path for path in (study / RESULTS).rglob("*") if path.is_file()}
    states = {path for path in left if "state" in path.parts}
    assert len(states) >= 4 * len(MODELS)
    assert {path.parts[-2] for path in left - states} <= {"genome", "references"}
    assert "index_genome" not in plan(study)

    timing = RESULTS / "training/jund/fusion_cnn/seed-0/timing.tsv"
    snakemake(study, *map(str, made))
    for path in made:
        assert (study / path).read_bytes() == (finished_study / path).read_bytes(), path
    for model in MODELS:
        log = (study / RESULTS / f"logs/training/jund/{model}/seed-0.log").read_text()
        assert "continuing after round 2 of 2" in log
        assert "round 1/2" not in log
    assert read_table(study / timing).equals(read_table(finished_study / timing))
