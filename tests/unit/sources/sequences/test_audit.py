"""Repeats and near-repeats of test in train are counted as a comparison letter by letter does."""

from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from cisfuse.base.files import write_table
from cisfuse.dna.sequences import reverse_complement
from cisfuse.sources.sequences import audit as audit_module
from cisfuse.sources.sequences.audit import audit_sample, audit_splits, find_near, find_repeats
from cisfuse.sources.sequences.audit_words import audit_rows, describe_audit, is_leaking
from cisfuse.tasks.activity import target as activity
from cisfuse.tasks.binding import target as binding

LETTERS = [(5, "ACGT"), (7, "AACCGTN"), (11, "AC"), (20, "A")]
TURN = str.maketrans("ACGT", "TGCA")


def make_table(count: int, length: int, seed: int, letters: str = "ACGT") -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    rows = generator.choice(list(letters), (count, length))
    return pd.DataFrame(
        {
            "name": [f"sequence-{row}" for row in range(count)],
            "label": generator.integers(0, 2, count),
            "split": generator.choice(["train", "valid", "test"], count, p=[0.6, 0.1, 0.3]),
            "sequence": ["".join(row) for row in rows],
        }
    )


def counts(table: pd.DataFrame, target: ModuleType = binding) -> list[tuple[str, int, int]]:
    """Checks, counts and of how many, of the audit of a table."""
    audit = audit_splits(table, target)
    return list(audit[["check", "count", "of"]].itertuples(index=False, name=None))


def plain_audit(table: pd.DataFrame) -> list[tuple[str, int, int]]:
    """Each sequence of test against both strands of each of train, letter by letter."""
    train = table.loc[table["split"] == "train", "sequence"].tolist()
    train += [text[::-1].translate(TURN) for text in train]
    test = table[table["split"] == "test"]
    repeated, near = [], []
    for text in test["sequence"]:
        apart = [
            sum(a != b or a not in "ACGT" for a, b in zip(text, other, strict=True))
            for other in train
        ]
        repeated.append(min(apart) == 0)
        near.append(10 * min(apart) <= len(text))
    bound = test["label"].to_numpy() == 1
    return [
        ("duplicate_sequences", sum(repeated), len(test)),
        ("duplicate_positive_sequences", int(np.sum(bound & repeated)), int(bound.sum())),
        ("near_duplicate_sequences", sum(near), len(test)),
    ]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("length", "letters"), [(5, "ACGT"), (7, "AACCGTN"), (11, "AC"), (20, "A")]
)
def test_counts_equal_a_comparison_letter_by_letter(seed, length, letters, monkeypatch):
    """Short sequences and few letters repeat often; pieces end between the sequences."""
    monkeypatch.setattr(audit_module, "ROWS", 13)
    table = make_table(150, length, seed, letters)
    assert counts(table) == plain_audit(table)


@pytest.mark.parametrize("strand", ["forward", "reverse"])
@pytest.mark.parametrize(("changed", "repeated", "near"), [(0, 1, 1), (5, 0, 1), (6, 0, 0)])
def test_a_planted_repeat_is_found_on_either_strand(strand, changed, repeated, near):
    table = make_table(60, 50, 1)
    table["split"] = ["train"] * 40 + ["test"] * 20
    copy = table.loc[3, "sequence"]
    copy = copy if strand == "forward" else copy[::-1].translate(TURN)
    table.loc[45, "sequence"] = copy[changed:].rjust(50, "N")
    table.loc[45, "label"] = 1
    found = {name: count for name, count, _ in counts(table)}
    assert list(found.values()) == [repeated, repeated, near]


def test_repeats_are_found_among_many_and_a_draw_bounds_the_pairs(monkeypatch):
    table = make_table(4000, 30, 2)
    table.loc[3000:, "sequence"] = table.loc[:999, "sequence"].tolist()
    table["split"] = ["train"] * 3000 + ["test"] * 1000
    monkeypatch.setattr(audit_module, "MOST_COMPARED", 500)
    found = {name: (count, of) for name, count, of in counts(table)}
    assert found["duplicate_sequences"] == (1000, 1000)
    near, of = found["near_duplicate_sequences"]
    assert of == 500
    assert 40 < near < 140  # a sixth of train is drawn
    monkeypatch.setattr(audit_module, "MOST_BASES", 30 * 200)
    assert counts(table)[2][2] == 200


def test_an_empty_train_repeats_nothing():
    sequences = np.full((3, 8), ord("A"), np.uint8)
    assert not find_near(sequences, sequences[:0]).any()
    assert not find_repeats(sequences, sequences[:0]).any()
    assert find_repeats(sequences, reverse_complement(sequences)).all()


def test_the_audit_of_sequences_has_no_row_of_places_and_is_told_in_words():
    table = make_table(400, 40, 3)
    audit = audit_splits(table, binding)
    assert audit["check"].tolist() == [name for name, _, _ in counts(table)]
    assert (audit["value"] == 0).all()
    assert not is_leaking(audit, "stratified")
    text = describe_audit(audit, "stratified")
    assert text.startswith("Sequences have no place")
    assert "Warning" not in text
    assert "in at most 10 % of the places" in text
    first = table.loc[table["split"] == "train", "sequence"].iloc[0]
    table.loc[table["split"] == "test", "sequence"] = first
    audit = audit_splits(table, binding)
    assert is_leaking(audit, "given")
    text = describe_audit(audit, "given")
    assert text.startswith("Warning: scores on test are too good, because train holds sequences")
    count = int((table["split"] == "test").sum())
    assert f"{count} of {count} (100.0 %) test sequences are in train too" in text


def test_many_near_copies_are_a_leak_although_none_is_the_same():
    table = make_table(400, 40, 3)
    near = table.loc[table["split"] == "train", "sequence"].iloc[0]
    near = ("A" if near[0] != "A" else "C") + near[1:]
    table.loc[table["split"] == "test", "sequence"] = near
    audit = audit_splits(table, binding)
    assert audit.set_index("check")["value"]["duplicate_sequences"] == 0
    assert is_leaking(audit, "given")
    assert describe_audit(audit, "given").startswith("Warning: scores on test are too good")


def test_one_repeat_among_many_is_told_and_is_no_leak():
    table = make_table(1000, 40, 4)
    rows = table.index[table["split"] == "test"]
    first = table.loc[table["split"] == "train", "sequence"].iloc[0]
    table.loc[rows[0], "sequence"] = first
    audit = audit_splits(table, binding)
    assert audit["count"].iloc[0] == 1
    assert not is_leaking(audit, "stratified")
    assert f"1 of {len(rows)} (0." in describe_audit(audit, "stratified")


@pytest.mark.parametrize("seed", range(3))
def test_all_sequences_of_test_are_audited_where_none_is_positive(seed):
    table = make_table(150, 7, seed, "AC")
    activities = np.random.default_rng(seed).normal(size=150)
    same = table.drop(columns="label").assign(activity=activities)
    found, known = counts(same, activity), plain_audit(table)
    assert [row[0] for row in found] == [
        "duplicate_sequences",
        "duplicate_example_sequences",
        "near_duplicate_sequences",
    ]
    assert found[0] == known[0]
    assert found[1][1:] == known[0][1:]
    assert found[2] == known[2]
    assert 0 < found[0][1] < found[0][2]


def test_the_words_of_activities_name_no_positives():
    table = make_table(400, 8, 3, "AC").drop(columns="label").assign(activity=0.5)
    audit = audit_splits(table, activity)
    text = describe_audit(audit, "stratified")
    count, of = audit["count"].iloc[0], audit["of"].iloc[0]
    assert f"{count} of {of} ({100 * count / of:.1f} %) test sequences are in train too" in text
    assert "positive" not in text
    assert [term for term, _ in audit_rows(audit)] == [
        "Test sequences that are also in train",
        "Test sequences that differ from one of train in at most 10 % of the places",
    ]


@pytest.mark.parametrize("target", [binding, activity])
def test_a_table_of_sequences_is_audited_from_its_file(target, tmp_path):
    table = make_table(120, 9, 5, "AC")
    if target is activity:
        table = table.rename(columns={"label": "activity"}).astype({"activity": float})
    path = str(tmp_path / "spans.tsv.gz")
    write_table(table, path)
    found = audit_sample({"spans": path}, target)
    pd.testing.assert_frame_equal(found, audit_splits(table, target))
