"""The registry of baselines: which there are for whom, and that each can be made."""

import subprocess
import sys
from pathlib import Path

import pytest
from configs import MINIMAL, load, load_with

from cisfuse.base.errors import ConfigError
from cisfuse.base.wording import name_of
from cisfuse.config.sheet import external_runs
from cisfuse.evaluation.baselines.fitting import make_baseline
from cisfuse.evaluation.baselines.registry import (
    BASELINES,
    baseline_inputs,
    baselines_for,
    check_names,
    curves_of,
    is_unfitted,
)

SCRIPTS = Path(__file__).resolve().parents[4] / "workflow" / "scripts"
BOTH = ["sequence", "accessibility"]


def test_spans_of_a_genome_have_eight_baselines_of_binding():
    assert baselines_for("binding", BOTH) == [
        "prevalence",
        "gc_content",
        "jaspar_best_match",
        "raw_accessibility",
        "matrix_regression",
        "boosted_trees",
        "kmer_regression",
        "kmer_accessibility_regression",
    ]


def test_labelled_sequences_have_the_string_search_and_nothing_of_accessibility():
    assert baselines_for("binding", ["sequence"], ["string_search"]) == [
        "prevalence",
        "gc_content",
        "jaspar_best_match",
        "kmer_regression",
        "string_search",
    ]


def test_activity_has_baselines_of_its_own():
    sequence = ["mean", "gc_regression", "best_match_regression", "kmer_ridge"]
    assert baselines_for("activity", ["sequence"], ["string_search"]) == sequence
    more = set(baselines_for("activity", BOTH)) - set(sequence)
    assert more == {"accessibility_regression", "matrix_linear_regression"}
    assert baselines_for("activity", ["accessibility"]) == ["mean", "accessibility_regression"]
    assert not set(baselines_for("activity", BOTH)) & set(baselines_for("binding", BOTH))


def test_what_is_not_general_is_there_only_when_asked_for():
    special = {name for name, baseline in BASELINES.items() if not baseline.general}
    assert special == {"string_search", "average_accessibility", "late_stack"}
    assert baselines_for("binding", BOTH, ["average_accessibility"])[-1] == "average_accessibility"
    with pytest.raises(KeyError):
        baselines_for("binding", BOTH, ["strings_search"])


@pytest.mark.parametrize("name", [name for name, known in BASELINES.items() if known.module])
def test_every_baseline_has_its_class(name):
    baseline = BASELINES[name]
    made = make_baseline(name, baseline.module)
    assert callable(made.fit)
    assert callable(made.predict)
    assert hasattr(made, "table") == baseline.table
    assert name_of(name)[:1].strip()


def test_only_a_rule_of_its_own_predicts_without_a_class():
    without = [name for name, baseline in BASELINES.items() if not baseline.module]
    assert without == ["late_stack", "average_accessibility"]
    rules = SCRIPTS.parent / "rules" / "evaluation_predictions.smk"
    assert all(f"rule predict_{name}:" in rules.read_text() for name in without)


def test_curves_keep_their_order():
    binding = set(baselines_for("binding", BOTH, ["string_search"]))
    assert [name for name in curves_of("first") if name in binding] == ["raw_accessibility"]
    last = [name for name in curves_of("last") if name in binding]
    assert last == [
        "matrix_regression",
        "boosted_trees",
        "kmer_regression",
        "kmer_accessibility_regression",
        "string_search",
    ]
    places = {baseline.curve for baseline in BASELINES.values()}
    assert places == {"", "first", "last"}


def test_only_what_no_fit_changes_is_unfitted():
    unfitted = {run for run in (*BASELINES, "fusion_cnn/seed-0") if is_unfitted(run)}
    assert unfitted == {"gc_content", "jaspar_best_match", "raw_accessibility"}


def test_inputs_are_lists_for_tables():
    assert baseline_inputs()["matrix_regression"] == BOTH
    assert baseline_inputs()["mean"] == []


@pytest.mark.parametrize("name", BASELINES)
def test_models_cannot_have_the_name_of_a_baseline(name):
    models = load_with("training", {"models": {name: {"architecture": "fusion_cnn"}}})["training"]
    with pytest.raises(ConfigError, match=f"^my.yaml: training.models: '{name}' is the name of"):
        check_names(models["models"], "my.yaml")
    check_names(load(MINIMAL)["training"]["models"], "my.yaml")


@pytest.mark.parametrize("name", BASELINES)
def test_other_programs_cannot_have_the_name_of_a_baseline(name):
    row = {"external_predictions": f"a.tsv, mine/{name}.tsv.gz"}
    assert external_runs(row, taken=[]).keys() == {"a", name}
    with pytest.raises(ConfigError, match=f"^mine/{name}.tsv.gz: its scores cannot be called"):
        external_runs(row, taken=BASELINES)


def test_the_rules_read_it_without_what_takes_long():
    line = "import sys, cisfuse.evaluation.baselines.registry\n"
    line += "slow = {'numpy', 'pandas', 'sklearn', 'tensorflow'} & set(sys.modules)\n"
    line += "sys.exit(str(slow) if slow else 0)"
    result = subprocess.run(
        [sys.executable, "-c", line],
        env={"PYTHONPATH": str(SCRIPTS)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
