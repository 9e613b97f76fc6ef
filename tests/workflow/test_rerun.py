"""What a change reruns: exactly the rules whose results it can change."""

import os
import shutil
import time

import pytest
from study import (
    EXPLANATION_RULES,
    MODELS,
    SEQUENCE_MODELS,
    cases,
    plan,
    read_config,
    set_config,
    write_config,
)

LIBRARY = "workflow/scripts/cisfuse"


def per_model(rule: str, models=MODELS) -> set[str]:
    return {f"{rule}[{model}]" for model in models}


PAGE = {"write_report"}
SCORES = {"score_predictions", "plot_scores", "summarise_study"} | PAGE
PLOTS = per_model("plot_saliency", SEQUENCE_MODELS) | PAGE
EXPLANATION = PAGE.union(*(per_model(rule, SEQUENCE_MODELS) for rule in EXPLANATION_RULES))
CHOICE = per_model("choose_spans", SEQUENCE_MODELS)
MAPS = per_model("compute_attributions", SEQUENCE_MODELS)
CONTROLS = per_model("attribute_controls", SEQUENCE_MODELS)
METHODS = per_model("score_attributions", SEQUENCE_MODELS) | PAGE
CLOSED = {"count_closed_motifs"}  # of the predictions of every entry
TRAINING = per_model("train_model") | {"plot_rounds"}
STACK = {"predict_late_stack"}
AFTER_TRAINING = per_model("predict_spans") | STACK | SCORES | EXPLANATION | CLOSED
EXAMPLES = {"write_tfrecords", "verify_tfrecords", "predict_baselines"}
AFTER_EXAMPLES = EXAMPLES | TRAINING | AFTER_TRAINING
AFTER_SPLITS = {"split_spans", "audit_splits"} | AFTER_EXAMPLES
AFTER_LABELS = {"label_spans", "extract_signal", "share_splits"} | AFTER_SPLITS
PROVENANCE = {"record_provenance"}
REQUESTS = {"place_requests"} | per_model("explain_requests", SEQUENCE_MODELS)
REQUESTS |= per_model("write_requests", SEQUENCE_MODELS)
AVERAGES = per_model("average_predictions")
# What folds need of their own; the split beside them stays as it is.
FOLDS = {"split_folds", "pool_folds"} | EXAMPLES | per_model("train_model")
FOLDS |= per_model("predict_spans")


def chain_of(model: str) -> set[str]:
    """What one model's own change reruns."""
    jobs = {f"train_model[{model}]", f"predict_spans[{model}]", "plot_rounds"} | SCORES | CLOSED
    if model in SEQUENCE_MODELS:
        jobs |= {f"{rule}[{model}]" for rule in EXPLANATION_RULES}
    return jobs | (STACK if model == "sequence_cnn" else set())


def append(path, line: str) -> None:
    assert path.is_file()
    with open(path, "a", encoding="utf-8") as handle:
        handle.write(f"\n{line}\n")


def test_a_second_run_has_nothing_to_do(study):
    assert not plan(study)


def test_touching_every_file_reruns_nothing(study):
    later = time.time() + 5
    folders = [study / name for name in ("data", "workflow", "config", "profiles")]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    files += [study / name for name in ("Snakefile", "tiny.yaml", "samples.tsv", "environment.yml")]
    for path in files:
        os.utime(path, (later, later))
    assert not plan(study)


AFTER_MOTIFS = per_model("match_motifs", SEQUENCE_MODELS)
AFTER_MOTIFS |= per_model("plot_motifs", SEQUENCE_MODELS) | PAGE

CONFIG_CHANGES = [
    ("training.learning_rate", 0.01, TRAINING | AFTER_TRAINING | PROVENANCE),
    ("training.models.fusion_cnn", {"learning_rate": 0.01}, chain_of("fusion_cnn") | PROVENANCE),
    (
        "training.models.accessibility_logistic",
        {"transform": "log"},
        chain_of("accessibility_logistic") | PROVENANCE,
    ),
    ("splits.seed", 1, {"share_splits"} | AFTER_SPLITS | PROVENANCE),
    ("spans.min_overlap", 0.3, AFTER_LABELS | PROVENANCE),
    ("interpretation.top", 3, PLOTS | PROVENANCE),
    ("interpretation.motifs", ["TGANTCA"], EXPLANATION | CLOSED | PROVENANCE),
    (
        "interpretation.method",
        "gradient",
        EXPLANATION - CHOICE - MAPS - CONTROLS | PROVENANCE,
    ),
    ("examples.shards", 3, AFTER_EXAMPLES | PROVENANCE),
    ("training.rounds", 3, TRAINING | AFTER_TRAINING | PROVENANCE),
    (
        "training.seeds",
        [0, 1],
        # One job predicts with all seeds of a model, the explained one among them.
        TRAINING | AVERAGES | AFTER_TRAINING | PROVENANCE,
    ),
    ("evaluation.replicates", 150, SCORES | PROVENANCE),
    (
        "evaluation.matrices",
        ["FOS::JUND"],
        {"predict_baselines"} | STACK | SCORES | EXPLANATION | CLOSED | PROVENANCE,
    ),
    ("splits.folds", 3, FOLDS | SCORES | PROVENANCE),
    (
        "interpretation.spans",
        ["chr22:3030-3131"],
        REQUESTS | {"summarise_study"} | PAGE | PROVENANCE,
    ),
]


QUICK_CHANGES = {
    "training.models.fusion_cnn",
    "splits.seed",
    "interpretation.top",
    "examples.shards",
    "training.rounds",
}


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    cases({change[0]: change for change in CONFIG_CHANGES}, QUICK_CHANGES),
)
def test_a_changed_key_of_the_config_plans_what_it_changes(study, key, value, expected):
    set_config(study, key, value)
    assert set(plan(study)) == expected


@pytest.mark.slow
def test_a_further_model_trains_that_one_only(study):
    config = read_config(study)
    config["training"]["models"]["shallow"] = {"architecture": "accessibility_logistic"}
    write_config(study, config)
    expected = {"train_model[shallow]", "predict_spans[shallow]", "plot_rounds"}
    expected |= SCORES | CLOSED | PROVENANCE
    assert set(plan(study)) == expected


@pytest.mark.parametrize(
    ("key", "value"), [("training.learning_rate", 0.001), ("spans.min_overlap", 0.5)]
)
def test_a_default_written_out_reruns_nothing(study, key, value):
    set_config(study, key, value)
    assert not plan(study)


# What an edit reruns follows from the imports; provenance.json of the study and of its folders,
# which follow from all results, are looked at by themselves below.
EDITED_MODULES = [
    ("training/losses.py", TRAINING | AFTER_TRAINING),
    ("statistics/ranking.py", SCORES | METHODS | {"audit_splits"}),
    ("dna/kmers.py", SCORES | CLOSED | STACK | {"predict_baselines"}),
    ("report/tables.py", PAGE),
    ("interpretation/discovery.py", per_model("discover_motifs", SEQUENCE_MODELS) | AFTER_MOTIFS),
    ("dna/tomtom.py", AFTER_MOTIFS),
    ("interpretation/methods.py", EXPLANATION - CHOICE),
    ("figures/saliency.py", PLOTS),
    ("report/summary.py", {"summarise_study"} | PAGE),
    # Means over spans, and the transforms' constants in the manifest.
    ("readers/signals.py", {"check_inputs"} | AFTER_LABELS),
    ("models/sequence_cnn.py", chain_of("sequence_cnn")),
    ("models/accessibility_logistic.py", chain_of("accessibility_logistic")),
]


QUICK_MODULES = {
    "training/losses.py",
    "statistics/ranking.py",
    "interpretation/methods.py",
    "figures/saliency.py",
    "readers/signals.py",
    "models/sequence_cnn.py",
}


@pytest.mark.parametrize(
    ("module", "expected"), cases({edit[0]: edit for edit in EDITED_MODULES}, QUICK_MODULES)
)
def test_an_edited_module_reruns_the_rules_that_use_it(study, module, expected):
    append(study / LIBRARY / module, "EDITED = True")
    assert set(plan(study)) - PROVENANCE == expected


def test_an_edited_template_rewrites_the_page(study):
    append(study / "workflow/report/page.html.j2", "<!-- edited -->")
    assert set(plan(study)) == PAGE | PROVENANCE


@pytest.mark.slow
def test_an_edited_adapter_reruns_its_rule(study):
    append(study / "workflow/scripts/plot_scores.py", "EDITED = True")
    assert set(plan(study)) - PROVENANCE == {"plot_scores"} | PAGE


def test_comments_and_docstrings_rerun_nothing(study):
    for path in (study / "workflow/scripts").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith('"""')
        path.write_text('"""Edited. ' + text[3:] + "\n# edited\n", encoding="utf-8")
    assert not plan(study)


def edit(path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("readers/text.py", "complete or remove the line"),  # of an error; all rules import it
        ("training/rounds.py", "round %d: epoch %d of %d"),  # of a log line
    ],
)
def test_a_reworded_message_reruns_nothing(study, module, text):
    edit(study / LIBRARY / module, text, f"in other words: {text}")
    assert not plan(study)


def test_an_edited_calculation_beside_a_message_reruns_its_rules(study):
    path = study / LIBRARY / "readers/signals.py"
    edit(path, "values < 0", "values < -1")
    assert set(plan(study)) - PROVENANCE == {"check_inputs"} | AFTER_LABELS


def test_provenance_is_recorded_anew_when_code_changes_results(study):
    append(study / LIBRARY / "evaluation/baselines/simple.py", "EDITED = True")
    assert set(plan(study)) >= PROVENANCE


def test_a_further_architecture_retrains_nothing(study):
    folder = study / LIBRARY / "models"
    shutil.copy(folder / "sequence_cnn.py", folder / "other.py")
    assert not set(plan(study)) - PROVENANCE


@pytest.mark.slow
def test_what_is_recorded_of_the_machine_reruns_nothing(study):
    path = study / LIBRARY / "jobs/versions.py"
    text = path.read_text(encoding="utf-8")
    assert '"pyfaidx",' in text
    path.write_text(text.replace('"pyfaidx",', '"pyfaidx", "jinja2",'), encoding="utf-8")
    assert not plan(study)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("examples/jund/train-00001-of-00002.tfrecord", "write_tfrecords"),
        ("evaluation/jund/sequence_cnn/seed-0/valid.tsv.gz", "predict_spans[sequence_cnn]"),
        ("training/jund/fusion_cnn/seed-0/round-01.keras", "train_model[fusion_cnn]"),
        ("spans/jund/dropped.tsv", "split_spans"),
    ],
)
def test_a_deleted_output_is_made_again(study, path, expected):
    (study / "results/tiny" / path).unlink()
    assert expected in plan(study)
