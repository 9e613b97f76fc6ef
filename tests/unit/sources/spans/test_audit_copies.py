"""Copies of test spans in train are found where they are planted: moved, turned, changed."""

import time

import numpy as np
import pandas as pd
import pytest

from cisfuse.dna.sequences import reverse_complement
from cisfuse.sources.spans import audit_copies
from cisfuse.sources.spans.audit import audit_splits
from cisfuse.sources.spans.audit_copies import check_copies, stretch_length
from cisfuse.sources.spans.audit_words import audit_rows, describe_audit, is_leaking
from cisfuse.tasks.activity import target as activity
from cisfuse.tasks.binding import target

LENGTH = 101
COUNT = 300  # test spans, on a chromosome of their own


def study(seed: int = 0) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Train and valid spans on one chromosome and test spans on another, 30 of them bound."""
    generator = np.random.default_rng(seed)
    letters = np.frombuffer(b"ACGT", np.uint8)
    genome = {chrom: generator.choice(letters, 200_000) for chrom in ("chr1", "chr2")}
    tables = []
    for chrom, count in (("chr1", 1200), ("chr2", COUNT)):
        start = 150 * np.arange(count)
        table = pd.DataFrame({"chrom": chrom, "start": start, "end": start + LENGTH})
        tables.append(table.assign(label=(np.arange(count) % 10 == 0).astype(int), split="test"))
    spans = pd.concat(tables, ignore_index=True)
    spans.loc[:899, "split"], spans.loc[905:1199, "split"] = "train", "valid"
    return spans[(spans.index < 900) | (spans.index >= 905)].reset_index(drop=True), genome


def plant(
    genome: dict, rows: range, shift: int = 0, turned: bool = False, changed: int = 0
) -> None:
    """Write a copy of train into the place of test spans of these numbers."""
    for row in rows:
        first = 150 * (row + 7) + shift
        copy = genome["chr1"][first : first + LENGTH].copy()
        for place in np.linspace(10, LENGTH - 10, changed).astype(int):
            copy[place] = ord("A") if copy[place] != ord("A") else ord("C")
        genome["chr2"][150 * row : 150 * row + LENGTH] = (
            reverse_complement(copy) if turned else copy
        )


def found(spans: pd.DataFrame, genome: dict) -> tuple[pd.DataFrame, dict[str, tuple[int, int]]]:
    audit = audit_splits(spans, genome.get, target)
    return audit, {row.check: (row.count, row.of) for row in audit.itertuples()}


def test_clean_data_have_no_copies_and_nothing_leaks():
    audit, counts = found(*study())
    assert set(audit["count"]) == {0}
    assert counts["near_duplicate_spans"] == (0, COUNT)
    assert counts["near_duplicate_positives"] == (0, 30)
    assert describe_audit(audit, "chromosomes").startswith("Nothing leaks: ")


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("shift", "changed"), [(0, 0), (3, 0), (-40, 0), (0, 1), (50, 0)])
def test_a_copied_test_set_is_a_leak(shift, changed, turned):
    spans, genome = study()
    plant(genome, range(COUNT), shift, turned, changed)
    audit, counts = found(spans, genome)
    exact = COUNT if not shift and not changed else 0
    assert counts["duplicate_spans"] == (exact, COUNT)
    assert counts["near_duplicate_spans"] == (COUNT, COUNT)
    assert counts["near_duplicate_positives"] == (30, 30)
    assert counts["test_spans_over_train"] == (0, COUNT)
    assert is_leaking(audit, "chromosomes")
    text = describe_audit(audit, "chromosomes")
    assert text.startswith(
        "Warning: scores on test are too good, because train holds copies of test spans."
    )
    assert "300 of 300 (100.0 %) have a near-copy there" in text
    assert "of the positives 30 of 30 (100.0 %)" in text
    assert dict(audit_rows(audit))["Test spans with a near-copy in train"] == "300 of 300 (100 %)"


def test_less_than_half_a_span_is_no_near_copy():
    spans, genome = study()
    plant(genome, range(COUNT), shift=51)  # 50 bases of one train span; the next begins later
    assert found(spans, genome)[1]["near_duplicate_spans"] == (0, COUNT)


def test_a_few_repeats_are_told_and_are_no_leak():
    spans, genome = study()
    plant(genome, range(1, 9), shift=2)
    plant(genome, range(20, 22))
    audit, counts = found(spans, genome)
    assert counts["near_duplicate_spans"] == (10, COUNT)
    assert counts["near_duplicate_positives"] == (1, 30)
    assert counts["duplicate_spans"] == (2, COUNT)
    assert not is_leaking(audit, "chromosomes")
    text = describe_audit(audit, "chromosomes")
    assert text.startswith("Little leaks: no span of test lies next to one of train; ")
    assert "10 of 300 (3.3 %) test spans" in text
    assert "of the positives 1 of 30 (3.3 %)" in text


def test_copied_positives_leak_although_they_are_few():
    spans, genome = study()
    for row in (0, 10, 20):
        plant(genome, range(row, row + 1), shift=2)
    audit, counts = found(spans, genome)
    assert counts["near_duplicate_positives"] == (3, 30)
    assert is_leaking(audit, "chromosomes")


@pytest.mark.parametrize(("copies", "leaks"), [(45, False), (150, True)])
def test_of_activities_the_share_of_all_spans_tells(copies, leaks):
    """Repeats are as many among all spans as clean genomes have, so a tenth is no leak."""
    spans, genome = study()
    spans = spans.drop(columns="label").assign(activity=np.arange(len(spans)) % 7.0)
    plant(genome, range(copies), shift=2)
    audit = audit_splits(spans, genome.get, activity)
    found = audit.set_index("check").loc["near_duplicate_examples"]
    assert found[["count", "of"]].tolist() == [copies, COUNT]
    assert is_leaking(audit, "chromosomes") == leaks
    text = describe_audit(audit, "chromosomes")
    assert text.endswith("such copies; 50 % of all test spans are called a leak.")


def test_copies_are_those_of_a_search_for_half_spans(monkeypatch):
    """Unknown letters, short spans and pieces that end between the spans of one split."""
    monkeypatch.setattr(audit_copies, "STRETCH_SPANS", 37)
    monkeypatch.setattr(audit_copies, "LEAST_STRETCH", 6)
    generator = np.random.default_rng(3)
    genome = {"chr1": generator.choice(np.frombuffer(b"AAACTGN", np.uint8), 9000)}
    start = np.arange(0, 8800, 11)
    spans = pd.DataFrame({"chrom": "chr1", "start": start, "end": start + 14})
    spans["split"] = generator.choice(["train", "valid", "test"], len(spans))
    audited = generator.random(len(spans)) < 0.3
    bases = [genome["chr1"][first : first + 14] for first in start]

    def halves(row: np.ndarray) -> set[bytes]:
        text = row.tobytes()
        return {text[i : i + 7] for i in range(8) if b"N" not in text[i : i + 7]}

    known: set[bytes] = set()
    for row in np.flatnonzero(spans["split"] == "train"):
        known |= halves(bases[row]) | halves(reverse_complement(bases[row]))
    test = np.flatnonzero(spans["split"] == "test")
    copied = np.array([bool(halves(bases[row]) & known) for row in test])
    own = audited[test]
    assert 0 < copied[own].sum() < copied.sum() < len(test)
    rows = check_copies(spans, audited, genome.get, "positive")
    assert [row[1:3] for row in rows] == [
        (copied.sum(), len(test)),
        (copied[own].sum(), own.sum()),
    ]


def test_of_many_test_spans_some_are_drawn_and_positives_apart(monkeypatch):
    monkeypatch.setattr(audit_copies, "MOST_SEARCHED", 100)
    spans, genome = study()
    plant(genome, range(COUNT), shift=4)
    _, counts = found(spans, genome)
    assert counts["near_duplicate_spans"] == (100, 100)
    assert counts["near_duplicate_positives"] == (30, 30)


def test_stretches_are_half_a_span_and_never_so_short_that_chance_makes_them():
    assert [stretch_length(bases) for bases in (20, 24, 40, 101, 200)] == [20, 24, 24, 51, 100]


def test_a_chromosome_of_spans_is_searched_in_seconds():
    """A tenth of 400,000 spans; the time is linear. Generous, for machines that are busy."""
    generator = np.random.default_rng(1)
    genome = {"chr1": generator.choice(np.frombuffer(b"ACGT", np.uint8), 4_100_000)}
    start = LENGTH * np.arange(40_000)
    spans = pd.DataFrame({"chrom": "chr1", "start": start, "end": start + LENGTH})
    spans["split"] = np.where(np.arange(40_000) < 32_000, "train", "test")
    began = time.process_time()
    (_, count, of, _), _ = check_copies(spans, np.ones(40_000, bool), genome.get, "positive")
    assert (count, of) == (0, 8000)
    assert time.process_time() - began < 10
