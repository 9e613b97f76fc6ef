"""A sample takes the splits of another by place, or by span where they are random."""

import numpy as np
import pandas as pd
import pytest
from split_examples import FRACTIONS, SETTINGS, make_spans, notable

from cisfuse.base.errors import ConfigError, InputError
from cisfuse.base.splits import SPLITS
from cisfuse.sources.followed_splits import follow_splits, split_by_place
from cisfuse.sources.splits import split_blocks


def by_place_in_a_loop(spans: pd.DataFrame, reference: pd.DataFrame) -> list[str]:
    splits = []
    for chrom, start in zip(spans["chrom"], spans["start"], strict=True):
        same = reference[reference["chrom"] == chrom]
        before = same[same["start"] <= start].nlargest(1, "start")["split"].tolist()
        after = same[same["start"] > start].nsmallest(1, "start")["split"].tolist()
        beside = set(before + after)
        splits.append(beside.pop() if len(beside) == 1 else "")
    return splits


@pytest.mark.parametrize("seed", range(4))
def test_spans_are_split_as_the_reference_around_them(seed):
    generator = np.random.default_rng(seed)
    reference = make_spans(3, count=300).sample(frac=0.5, random_state=seed)
    reference["split"] = split_blocks(reference, notable(reference), FRACTIONS, seed, 3000, 400)
    reference = reference[reference["split"] != ""].sample(frac=1, random_state=seed)
    start = np.sort(generator.integers(0, 40_000, 600))
    chrom = generator.choice(["chr1", "chr2", "chr3", "chr4"], 600)
    spans = pd.DataFrame({"chrom": chrom, "start": start, "end": start + 100})
    found = split_by_place(spans, reference)
    assert found.tolist() == by_place_in_a_loop(spans, reference)
    assert set(found) == {*SPLITS, ""}
    assert set(found[chrom == "chr4"]) == {""}
    for split in ("valid", "test"):
        for row in spans[found == split].itertuples():
            others = reference[(reference["chrom"] == row.chrom) & (reference["split"] != split)]
            apart = np.maximum(others["start"] - row.end, row.start - others["end"])
            assert apart.min() >= 400


def test_a_sample_follows_the_splits_of_another_unless_it_brings_its_own():
    spans = make_spans(1, count=200)
    reference = spans.assign(split=split_blocks(spans, notable(spans), FRACTIONS, 0, 5000, 0))
    splits, method = follow_splits(spans, reference, "hepg2", SETTINGS)
    assert method == "as hepg2"
    kept = splits != ""
    assert (splits[kept] == reference["split"][kept]).all()
    borders = (reference["split"] != reference["split"].shift(-1)).sum() - 1
    assert (~kept).sum() == borders > 0
    given = spans.assign(split="test")
    splits, method = follow_splits(given, reference, "hepg2", {**SETTINGS, "method": "random"})
    assert (set(splits), method) == ({"test"}, "given")
    with pytest.raises(ConfigError, match=r"train and test of hepg2 lie side by side.* blocks"):
        follow_splits(spans, reference, "hepg2", {**SETTINGS, "method": "random"})
    with pytest.raises(InputError, match="no span is left"):
        follow_splits(spans.iloc[:0], reference, "hepg2", SETTINGS)


def test_a_given_random_split_is_followed_span_by_span(caplog):
    """By place, as splits of stretches are, only a fifth of the test spans were kept."""
    spans = make_spans(2, count=260)
    generator = np.random.default_rng(0)
    splits = generator.choice(SPLITS, len(spans), p=[0.6, 0.2, 0.2])
    reference = spans.assign(split=splits)[["chrom", "start", "split"]].sample(frac=1)
    with caplog.at_level("INFO", "cisfuse"):
        found, method = follow_splits(spans, reference, "hepg2", SETTINGS)
    assert method == "as hepg2"
    assert found.tolist() == splits.tolist()
    count = len(spans)
    assert f"{count} of {count} spans are, in a random split, spans of hepg2" in caplog.text
    some = pd.concat([spans, spans.assign(start=spans["start"] + 3)[:100]], ignore_index=True)
    found, _ = follow_splits(some, reference, "hepg2", SETTINGS)
    assert found.tolist() == splits.tolist() + [""] * 100
    assert caplog.records[-1].levelname == "WARNING"


def test_a_given_random_split_of_other_spans_is_refused():
    spans = make_spans(2, count=260)
    splits = np.random.default_rng(0).choice(SPLITS, len(spans), p=[0.8, 0.1, 0.1])
    moved = spans.assign(start=spans["start"] + 3, end=spans["end"] + 3)
    message = r"the split of hepg2 is random: .* only 0 of \d+ spans .* column 5 .* blocks"
    with pytest.raises(ConfigError, match=message):
        follow_splits(moved, spans.assign(split=splits), "hepg2", SETTINGS)


def test_the_spans_that_follow_a_split_by_place_are_counted_in_the_log(caplog):
    spans = make_spans(1, count=200)
    reference = spans.assign(split=split_blocks(spans, notable(spans), FRACTIONS, 0, 5000, 0))
    with caplog.at_level("INFO", "cisfuse"):
        splits, _ = follow_splits(spans, reference, "hepg2", SETTINGS)
    kept = (splits != "").sum()
    assert f"{kept} of 200 spans lie within one split of hepg2 and get its split" in caplog.text
