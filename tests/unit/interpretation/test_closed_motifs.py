"""Motifs in closed chromatin are counted as a loop counts them, at one recall of all entries."""

import numpy as np
import pandas as pd
import pytest
from example_builders import span_examples, write_examples

from cisfuse.base.errors import DamagedFileError
from cisfuse.base.files import write_table
from cisfuse.interpretation.closed_motifs import (
    COLUMNS,
    count_entries,
    find_closed,
    recall_of_best_f1,
    threshold_at,
)

LENGTH, COUNT, MOTIFS = 20, 60, ["TGAC", "CCRG"]
WORDS = ("TGAC", "CCAG", "CCGG")  # that the motifs stand for


def make_study(folder, count: int = COUNT):
    """Shards of three splits; the logits follow the labels a little."""
    generator = np.random.default_rng(4)
    splits, tables = {}, {}
    for number, split in enumerate(("train", "valid", "test")):
        sequences = generator.choice(np.frombuffer(b"ACGT", np.uint8), (count, LENGTH))
        starts = number * 10_000 + 100 * np.arange(count)
        table = pd.DataFrame({"name": [f"chr1:{start}-{start + LENGTH}" for start in starts]})
        table["label"] = (generator.random(count) < 0.4).astype(int)
        table["accessibility"] = generator.random(count).astype(np.float32)
        table["logit"] = table["label"] + generator.normal(size=count)
        table["sequence"] = [row.tobytes().decode() for row in sequences]
        splits[split] = span_examples(
            sequences, table["label"], table["accessibility"], table["name"].tolist()
        )
        tables[split] = table
    return write_examples(folder, splits, 3), tables


def write_run(folder, tables, name, logits):
    """Predictions of a run on valid and test; logits: a function of a table."""
    paths = {}
    for split in ("valid", "test"):
        table = tables[split].assign(logit=logits(tables[split]))[["name", "label", "logit"]]
        paths[split] = folder / f"{name}.{split}.tsv.gz"
        write_table(table, paths[split])
    return paths


@pytest.fixture
def study(tmp_path):
    manifest, tables = make_study(tmp_path / "examples")
    kinds = {
        "main/seed-0": lambda table: table["logit"],
        "accessibility": lambda table: table["accessibility"].astype(float),
        "constant": lambda table: 0 * table["logit"] - 3,
    }
    runs = {
        name: write_run(tmp_path, tables, name.partition("/")[0], of) for name, of in kinds.items()
    }
    valid, test = (
        {name: paths[split] for name, paths in runs.items()} for split in ("valid", "test")
    )
    return manifest, tables, valid, test


def holds(text: str) -> bool:
    partner = text[::-1].translate(str.maketrans("ACGT", "TGCA"))
    return any(word in strand for word in WORDS for strand in (text, partner))


def test_spans_with_a_motif_are_those_of_a_loop(study):
    manifest, tables, *_ = study
    median = float(np.median(tables["train"]["accessibility"]))
    counts = {"closed": [0, 0], "open": [0, 0]}
    names = []
    for span in tables["test"].itertuples():
        if holds(span.sequence):
            low = np.float32(span.accessibility) <= median
            counts["closed" if low else "open"][0] += 1
            counts["closed" if low else "open"][1] += span.label
            names += [span.name] if low else []
    closed = find_closed(manifest, MOTIFS)
    assert closed.names.tolist() == names
    for chromatin, (spans, bound) in counts.items():
        assert closed.facts[chromatin] == {"spans": spans, "bound": bound}
        assert 0 < bound < spans
    assert closed.facts["median_accessibility"] == pytest.approx(median)
    assert closed.facts["unit"] == "raw signal, mean per base of the span"
    assert closed.facts["test"] == {"spans": COUNT, "bound": tables["test"]["label"].sum()}


def test_without_motifs_there_is_no_such_span(study):
    manifest, _, valid, test = study
    table, facts = count_entries(manifest, [], valid, test)
    assert facts["closed"] == facts["open"] == {"spans": 0, "bound": 0}
    assert (table[["unbound", "bound"]] == 0).all(axis=None)


def test_the_threshold_is_the_highest_that_reaches_the_recall():
    generator = np.random.default_rng(1)
    labels = (generator.random(80) < 0.4).astype(int)
    logits = generator.normal(size=80).round(1)
    for recall in (0.01, 0.3, 0.5, 1.0):
        reaching = [
            value for value in np.unique(logits) if (logits[labels == 1] >= value).mean() >= recall
        ]
        assert threshold_at(labels, logits, recall) == max(reaching)


def test_a_recall_in_binary_does_not_ask_for_one_more():
    labels, logits = np.ones(100, int), np.arange(100.0)
    for found in range(1, 101):
        assert threshold_at(labels, logits, found / 100) == 100 - found


@pytest.mark.parametrize(
    ("labels", "logits"), [([1, 0], [2.0, 2.0]), ([1, 0], [1.0, np.nan]), ([0, 0], [1.0, 2.0])]
)
def test_what_ranks_nothing_has_no_threshold(labels, logits):
    assert np.isnan(threshold_at(np.array(labels), np.array(logits), 0.5))


def test_every_entry_is_counted_at_the_recall_of_the_main_model(study):
    manifest, tables, valid, test = study
    table, facts = count_entries(manifest, MOTIFS, valid, test)
    assert table.columns.tolist() == COLUMNS
    assert table["run"].tolist() == list(valid)
    recall = recall_of_best_f1(valid["main/seed-0"])
    assert facts["recall"] == recall
    assert (facts["run"], facts["motifs"]) == ("main/seed-0", MOTIFS)
    assert 0.3 < recall < 1
    closed = set(find_closed(manifest, MOTIFS).names)
    for row, column in zip(table.iloc[:2].itertuples(), ("logit", "accessibility"), strict=True):
        bound = tables["valid"].query("label == 1")[column].astype(float)
        assert row.recall_valid == (bound >= row.threshold).mean() >= recall
        assert (bound > row.threshold).mean() < recall
        spans = tables["test"]
        called = spans[column].astype(float) >= row.threshold
        assert row.recall_test == pytest.approx(called[spans["label"] == 1].mean())
        for label, kind in ((0, "unbound"), (1, "bound")):
            held = spans["name"].isin(closed) & (spans["label"] == label)
            assert getattr(row, kind) == held.sum() > 0
            assert getattr(row, f"{kind}_called") == (held & called).sum()
    assert table.iloc[2][["threshold", "recall_test", "unbound_called"]].isna().all()
    assert table.iloc[2]["unbound"] == table.iloc[0]["unbound"]


def test_the_main_model_is_counted_at_its_own_best_threshold(study):
    manifest, tables, valid, test = study
    row = count_entries(manifest, MOTIFS, valid, test)[0].iloc[0]
    best, chosen = -1.0, np.nan
    table = tables["valid"]
    for threshold in table["logit"]:
        called = table["logit"] >= threshold
        right = (called & (table["label"] == 1)).sum()
        score = 2 * right / (called.sum() + table["label"].sum())
        best, chosen = max((best, chosen), (score, threshold))
    assert row["threshold"] == pytest.approx(chosen)


def test_tables_that_come_in_pieces_are_counted_the_same(study, monkeypatch):
    manifest, _, valid, test = study
    whole, _ = count_entries(manifest, MOTIFS, valid, test)
    monkeypatch.setattr("cisfuse.base.files.PIECE_ROWS", 7)
    pd.testing.assert_frame_equal(count_entries(manifest, MOTIFS, valid, test)[0], whole)


def test_predictions_of_other_spans_are_damage(study):
    manifest, tables, valid, test = study
    columns = ["name", "label", "logit"]
    for damaged in (tables["test"].iloc[::-1], tables["test"].iloc[:-1]):
        write_table(damaged[columns], test["main/seed-0"])
        with pytest.raises(DamagedFileError, match=r"main\.test\.tsv\.gz: holds other spans than"):
            count_entries(manifest, MOTIFS, valid, test)
