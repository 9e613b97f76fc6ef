"""The digest of a rule changes with the code that it uses, and with no other."""

import shutil
import subprocess
from pathlib import Path

import pytest

from cisfuse.jobs import digest as provenance
from cisfuse.jobs.digest import code_digest
from cisfuse.models.registry import architecture_of, architectures


@pytest.fixture
def scripts(tmp_path, monkeypatch):
    """A copy of the scripts that may be edited; the digests are of the copy."""
    folder = tmp_path / "scripts"
    shutil.copytree(provenance.SCRIPTS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(provenance, "SCRIPTS", folder)
    provenance._source_and_imports.cache_clear()
    yield folder
    provenance._source_and_imports.cache_clear()


def edit(path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    provenance._source_and_imports.cache_clear()


def append(path, text: str) -> None:
    path.write_text(path.read_text() + text)
    provenance._source_and_imports.cache_clear()


def digests_of_rules(scripts) -> dict[str, str]:
    return {path.stem: code_digest(path.stem) for path in sorted(scripts.glob("*.py"))}


def test_a_digest_repeats_and_differs_between_rules(scripts):
    digests = digests_of_rules(scripts)
    assert digests == digests_of_rules(scripts)
    assert len(set(digests.values())) == len(digests) > 10


def test_an_edit_changes_the_rules_that_import_the_module_and_no_other(scripts):
    """label_spans imports readers.spans, and extract_signal through readers.signals."""
    before = digests_of_rules(scripts)
    append(scripts / "cisfuse" / "readers" / "spans.py", "\nMORE = 1\n")
    after = digests_of_rules(scripts)
    changed = {rule for rule in before if before[rule] != after[rule]}
    assert {"tile_genome", "label_spans", "extract_signal", "write_tfrecords"} <= changed
    assert not changed & {"download_reference", "score_predictions", "plot_scores", "train_model"}


def test_a_module_imported_from_the_package_counts(scripts):
    append(scripts / "train_model.py", "\nfrom cisfuse.statistics import ranking\n")
    before = code_digest("train_model")
    append(scripts / "cisfuse" / "statistics" / "ranking.py", "\nMORE = 1\n")
    assert code_digest("train_model") != before


def test_an_edited_adapter_changes_its_own_rule_only(scripts):
    before = digests_of_rules(scripts)
    append(scripts / "label_spans.py", "\nMORE = 1\n")
    after = digests_of_rules(scripts)
    assert {rule for rule in before if before[rule] != after[rule]} == {"label_spans"}


def test_comments_docstrings_and_layout_do_not_count(scripts):
    before = digests_of_rules(scripts)
    path = scripts / "cisfuse" / "readers" / "spans.py"
    edit(path, '"""Names such as', '"""Other words: names such as')
    edit(path, '"""Spans: intervals', '"""Intervals')
    append(path, "\n\n# a comment\n")
    edit(path, "np.isin(np.arange(256)", "np.isin(  # a comment\n    np.arange(256)")
    assert digests_of_rules(scripts) == before


REWORDED = [
    ("readers/text.py", '"complete or remove the line, and'),
    ("readers/text.py", '"the file is empty"'),
    ("readers/intervals.py", '"BED counts from 0; correct it"'),
    ("readers/sequence_files.py", '"the sequence is empty"'),
    ("evaluation/external.py", '"is there twice"'),
    ("interpretation/requests.py", '"both alleles are the same'),
    ("interpretation/request_windows.py", '"(1-based), or give those'),
    ("training/rounds.py", '"round %d: epoch %d of %d"'),
    ("training/devices.py", '"%d threads share'),
]


@pytest.mark.parametrize(("module", "text"), REWORDED)
def test_the_words_of_errors_and_log_lines_do_not_count(scripts, module, text):
    before = digests_of_rules(scripts)
    edit(scripts / "cisfuse" / module, text, f"{text[0]}In other words: {text[1:]}")
    assert digests_of_rules(scripts) == before


@pytest.mark.parametrize(
    ("module", "calculation", "edited", "rules"),
    [
        (
            "evaluation/external.py",
            'table["name"].duplicated()',
            'table["name"].duplicated(keep=False)',
            "import_predictions",
        ),
        (
            "interpretation/request_windows.py",
            "there != request.reference",
            "there == request.reference",
            "place_requests write_requests",
        ),
        ("training/rounds.py", "return total / count", "return total", "train_model"),
    ],
)
def test_a_calculation_beside_a_text_changes_the_rules_that_import_it(
    scripts, module, calculation, edited, rules
):
    before = digests_of_rules(scripts)
    edit(scripts / "cisfuse" / module, calculation, edited)
    after = digests_of_rules(scripts)
    assert {name for name in before if before[name] != after[name]} == {*rules.split()}


def test_relative_imports_are_refused(tmp_path):
    """The digest would not follow them."""
    (tmp_path / "module.py").write_text("from . import other\n__all__ = ['other']\n")
    config = Path(__file__).resolve().parents[3] / "pyproject.toml"
    command = ["ruff", "check", "--no-cache", "--config", str(config), "module.py"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "TID252" in result.stdout


def test_modules_of_messages_do_not_count(scripts):
    before = digests_of_rules(scripts)
    append(scripts / "cisfuse" / "base" / "errors.py", "\nMORE = 1\n")
    append(scripts / "cisfuse" / "jobs" / "job.py", "\nMORE = 1\n")
    assert digests_of_rules(scripts) == before


def test_an_edited_architecture_changes_its_own_training_only(scripts):
    modules = {name: architecture_of(name).module for name in architectures()}

    def digests() -> dict[str, str]:
        found = {name: code_digest("train_model", [module]) for name, module in modules.items()}
        return {**found, "none": code_digest("train_model")}

    before = digests()
    assert len(set(before.values())) == len(before)
    append(scripts / "cisfuse" / "models" / "sequence_cnn.py", "\nMORE = 1\n")
    after = digests()
    assert {name for name in before if before[name] != after[name]} == {"sequence_cnn"}


def test_an_edited_shared_layer_changes_every_training(scripts):
    before = code_digest("train_model", ["cisfuse.models.fusion_cnn"])
    append(scripts / "cisfuse" / "models" / "layers.py", "\nMORE = 1\n")
    assert code_digest("train_model", ["cisfuse.models.fusion_cnn"]) != before
