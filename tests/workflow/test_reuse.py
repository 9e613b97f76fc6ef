"""The workflow run in another folder, and as a module of another workflow."""

import os
import subprocess

import pytest
import yaml
from study import (
    FASTA,
    MODELS,
    ROOT,
    WORKFLOW,
    copy_workflow,
    make_study,
    plan,
    read_config,
    read_table,
    rule_counts,
    set_config,
    snakemake,
)

METRICS = "results/tiny/evaluation/jund/metrics.tsv"
GENOME = "resources/tiny/genome/genome.fa"
ELSEWHERE = ("--snakefile", str(ROOT / "Snakefile"), "--directory", "../elsewhere")
# Of an outer workflow Snakemake loads that workflow's profile and no module's.
PROFILE = ("--workflow-profile", str(ROOT / "profiles/default"))
LOCAL = repr(str(ROOT / "Snakefile"))
OUTER = """
configfile: "outer.yaml"

rule all:
    input: "own.txt"

{modules}

rule own:
    input: "{metrics}"
    output: "own.txt"
    shell: "head -n 1 {{input}} > {{output}}"
"""
MODULE = """
module {name}:
    snakefile: {snakefile}
    config: config["{name}"]

use rule * from {name} as {name}_*
"""


def files_of(folder):
    """Relative paths of all files below a folder, Snakemake's own left out."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {str(path) for path in paths if path.parts[0] != ".snakemake"}


@pytest.fixture
def folders(tmp_path):
    """A folder to call Snakemake in, and one to work in; neither holds the workflow."""
    for name in ("called", "elsewhere"):
        (tmp_path / name).mkdir()
    return tmp_path / "called", tmp_path / "elsewhere"


def test_a_study_in_another_folder_leaves_all_of_it_there(folders, tmp_path):
    called, elsewhere = folders
    study = make_study(tmp_path / "study")
    for name in ("data", "samples.tsv"):
        (study / name).rename(elsewhere / name)
    (study / "tiny.yaml").rename(called / "tiny.yaml")
    before = files_of(elsewhere)
    output = snakemake(called, *ELSEWHERE, "--until", "index_genome").stdout
    assert f"workflow specific profile {ROOT}/profiles/default" in output
    assert files_of(called) == {"tiny.yaml"}
    made = files_of(elsewhere) - before
    assert {GENOME, "results/tiny/logs/references/index_genome.log"} <= made
    assert {path.split("/")[1] for path in made} == {"tiny"}
    (elsewhere / FASTA).unlink()
    output = snakemake(called, *ELSEWHERE, check=False).stdout
    assert f"../called/tiny.yaml: references.genome: {FASTA}: no such file" in output


def test_the_default_study_runs_in_another_folder(folders):
    called, elsewhere = folders
    snakemake(called, *ELSEWHERE, "--until", "simulate_study", config=None)
    assert "resources/jund_simulated/genome.fa.gz" in files_of(elsewhere)
    assert not files_of(called)
    assert plan(called, *ELSEWHERE, config=None)["train_model[fusion_cnn]"] == 3


def test_a_folder_with_a_default_study_of_its_own_has_that_one_run(folders):
    called, elsewhere = folders
    copy_workflow(elsewhere / "copy")
    (elsewhere / "copy/config").rename(elsewhere / "config")
    config = elsewhere / "config/config.yaml"
    config.write_text(config.read_text().replace("seeds: [0, 1, 2]", "seeds: [0]"))
    assert plan(called, *ELSEWHERE, config=None)["train_model[fusion_cnn]"] == 1
    (elsewhere / "config/samples.tsv").unlink()
    output = snakemake(called, *ELSEWHERE, config=None, check=False).stdout
    assert "config/samples.tsv: no such sample sheet" in output


def write_outer(folder, snakefile=LOCAL, **configs):
    """A workflow that uses this one as a module for each config."""
    modules = [MODULE.format(name=name, snakefile=snakefile) for name in configs]
    text = OUTER.format(modules="".join(modules), metrics=METRICS)
    (folder / "Snakefile").write_text(text)
    (folder / "outer.yaml").write_text(yaml.safe_dump(configs, sort_keys=False))


@pytest.fixture
def outer(study):
    """The finished study's data and results with another workflow that has it as a module.

    The workflow itself is moved away, so that nothing of it is found beside the outer one.
    """
    (study.parent / "aside").mkdir()
    for name in WORKFLOW:
        (study / name).rename(study.parent / "aside" / name)
    write_outer(study, cisfuse=read_config(study))
    return study


def test_a_module_finds_its_results_and_others_use_them(outer):
    assert plan(outer, *PROFILE, config=None) == {"own": 1}
    snakemake(outer, *PROFILE, config=None)
    assert (outer / "own.txt").read_text().startswith("model\t")
    assert not plan(outer, *PROFILE, config=None)


@pytest.mark.slow
def test_a_module_runs_again_what_a_changed_value_changes(outer):
    snakemake(outer, *PROFILE, config=None)
    model = "accessibility_logistic"
    trained = [outer / f"results/tiny/training/jund/{name}/seed-0/rounds.tsv" for name in MODELS]
    before = {path: path.read_bytes() for path in trained}
    set_config(outer, f"training.models.{model}", {"learning_rate": 0.01})
    write_outer(outer, cisfuse=read_config(outer))
    rerun = {f"cisfuse_{rule}[{model}]": 1 for rule in ("train_model", "predict_spans")}
    rerun |= {"cisfuse_score_predictions": 1, "own": 1}
    assert plan(outer, *PROFILE, config=None) == rerun
    snakemake(outer, *PROFILE, config=None)
    assert not plan(outer, *PROFILE, config=None)
    changed = [path.parts[-3] for path in trained if path.read_bytes() != before[path]]
    assert changed == [model]


def test_every_result_of_a_module_can_be_asked_for(outer):
    text = (outer / "Snakefile").read_text()
    every = 'rule page:\n    input: rules.cisfuse_all.input\n    output: "p"\n    shell: "exit 1"\n'
    (outer / "Snakefile").write_text(text + every)
    assert plan(outer, *PROFILE, "page", config=None) == {"page": 1}


def test_a_module_leaves_the_report_to_the_outer_workflow(outer):
    snakemake(outer, *PROFILE, config=None)
    snakemake(outer, *PROFILE, "--report", "report.html", config=None)
    assert "Study <strong>" not in (outer / "report.html").read_text()


def test_a_mistake_in_the_config_of_a_module_names_the_module(outer):
    set_config(outer, "spans.lenth", 101)
    write_outer(outer, cisfuse=read_config(outer))
    output = snakemake(outer, *PROFILE, config=None, check=False).stdout
    assert "config of module cisfuse: spans: unknown key 'lenth'; did you mean 'length'?" in output


def test_a_module_without_a_config_does_not_run_the_default_study(outer):
    text = (outer / "Snakefile").read_text()
    (outer / "Snakefile").write_text(text.replace('    config: config["cisfuse"]\n', ""))
    output = snakemake(outer, *PROFILE, config=None, check=False).stdout
    assert "config of module cisfuse: the top level: the key 'study' is missing" in output


@pytest.mark.slow
def test_two_studies_are_two_modules_of_one_workflow(study):
    config = read_config(study)
    other = {**config, "study": "other", "splits": {**config["splits"], "seed": 1}}
    write_outer(study, first=config, second=other)
    assert plan(study, *PROFILE, config=None) == {"own": 1}
    spans = "spans/jund/spans.tsv.gz"
    made = snakemake(study, *PROFILE, f"results/other/{spans}", config=None).stdout
    assert "second_split_spans" in rule_counts(made)
    assert not [rule for rule in rule_counts(made) if rule.startswith("first_")]
    splits = [read_table(study / f"results/{name}/{spans}")["split"] for name in ("tiny", "other")]
    assert splits[0].tolist() != splits[1].tolist()
    assert plan(study, *PROFILE, config=None) == {"own": 1}


@pytest.mark.slow
@pytest.mark.parametrize("reference", ['tag="v1"', 'branch="main"'])
def test_a_module_comes_from_a_hosting_service(outer, tmp_path, monkeypatch, reference):
    """Git takes a repository of this folder for the one at the address."""
    repository = copy_workflow(tmp_path / "repository")
    git = ["git", "-c", "user.name=test", "-c", "user.email=test@example.org"]
    for step in ("init -q -b main", "add -A", "commit -q -m test", "tag v1"):
        subprocess.run([*git, *step.split()], cwd=repository, check=True)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.{repository.as_uri()}.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "https://github.com/somebody/cisfuse")
    snakefile = f'github("somebody/cisfuse", path="Snakefile", {reference})'
    write_outer(outer, snakefile, cisfuse=read_config(outer))
    assert plan(outer, *PROFILE, config=None) == {"own": 1}
    before = (outer / GENOME).read_bytes()
    os.remove(outer / GENOME)
    snakemake(outer, *PROFILE, GENOME, config=None)
    assert (outer / GENOME).read_bytes() == before


def test_a_sheet_that_the_command_line_names_is_that_of_the_working_folder(tmp_path):
    (tmp_path / "mine.tsv").write_text("sample\tfactor\n")
    arguments = ("--snakefile", str(ROOT / "Snakefile"), "--config", "samples=mine.tsv")
    result = snakemake(tmp_path, *arguments, config=None, check=False)
    assert result.returncode == 1
    assert "mine.tsv: line 1: " in result.stdout
    arguments = (*arguments, "training={'rounds': 'many'}")
    output = snakemake(tmp_path, *arguments, config=None, check=False).stdout
    assert "--config: training.rounds: 'many' is not a whole number" in output
    output = snakemake(tmp_path, *arguments[:-2], "samples=none.tsv", config=None, check=False)
    assert "none.tsv: no such sample sheet; correct --config samples= (paths" in output.stdout


def test_numbers_that_the_command_line_gives_are_numbers(folders):
    called, _ = folders
    arguments = (*ELSEWHERE, "-n", "--quiet", "host", "--config")
    given = "training={rounds: 3, learning_rate: 1}"
    output = snakemake(called, *arguments, given, config=None).stdout
    assert "seed-0/round-03.keras" in output
    assert "seed-0/round-04.keras" not in output
    given = "training={rounds: 0}"
    output = snakemake(called, *arguments, given, config=None, check=False).stdout
    assert "\n--config: training.rounds: 0 is out of range; give 1 or more" in output
