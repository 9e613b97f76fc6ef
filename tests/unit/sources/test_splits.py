"""Splits keep their fractions, their gaps and their promises."""

import numpy as np
import pandas as pd
import pytest
from split_examples import FRACTIONS, SETTINGS, make_spans, notable

from cisfuse.base.errors import ConfigError, InputError
from cisfuse.base.splits import SPLITS
from cisfuse.sources.splits import (
    apportion,
    assign_splits,
    count_splits,
    split_blocks,
    split_chromosomes,
    split_random,
)
from cisfuse.tasks.activity import target as activity
from cisfuse.tasks.binding import target


def apportion_by_rows(groups: pd.DataFrame, fractions: dict, generator) -> list[str]:
    """The same by looking at one row of the table at a time."""
    counts = {split: {"spans": 0, "notable": 0} for split in SPLITS}
    chosen = [""] * len(groups)
    total = groups[["spans", "notable"]].sum()
    for row in generator.permutation(len(groups)):
        group = groups.iloc[row]
        unit = "notable" if group["notable"] > 0 else "spans"
        lacking = {
            split: fractions[split] - counts[split][unit] / total[unit]
            for split in SPLITS
            if fractions[split] > 0
        }
        split = max(lacking, key=lacking.get)
        chosen[row] = split
        for count in ("spans", "notable"):
            counts[split][count] += int(group[count])
    return chosen


def blocks_by_names(spans: pd.DataFrame, seed: int, block_size: int, gap: int) -> np.ndarray:
    """The same as `split_blocks` with pairs of chromosome and block, one span at a time."""
    block = (spans["start"] // block_size).rename("block")
    groups = spans["label"].groupby([spans["chrom"], block], sort=False)
    groups = groups.agg(spans="size", notable="sum")
    chosen = apportion_by_rows(groups, FRACTIONS, np.random.default_rng(seed))
    split_of = dict(zip(groups.index, chosen, strict=True))
    splits = []
    for chrom, number, start, end in zip(
        spans["chrom"], block, spans["start"], spans["end"], strict=True
    ):
        own = split_of[chrom, number]
        before = split_of.get((chrom, number - 1), own)
        after = split_of.get((chrom, number + 1), own)
        near = before != own and start - number * block_size < gap / 2
        near |= after != own and (number + 1) * block_size - end < gap / 2
        splits.append("" if near else own)
    return np.array(splits, dtype=object)


@pytest.mark.parametrize("seed", range(10))
def test_groups_are_apportioned_as_by_a_loop_over_rows(seed):
    generator = np.random.default_rng(seed)
    spans = generator.integers(1, 50, 200)
    notable = generator.binomial(spans, 0.02 * (seed % 4))
    groups = pd.DataFrame({"spans": spans, "notable": notable})
    fractions = [FRACTIONS, {"train": 0.9, "valid": 0.0, "test": 0.1}][seed % 2]
    expected = apportion_by_rows(groups, fractions, np.random.default_rng(seed))
    assert apportion(groups, fractions, np.random.default_rng(seed)) == expected


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kept", [1, 0.3, 0.02])
def test_blocks_equal_those_of_a_loop_over_spans(seed, kept):
    """Whole blocks may lack spans, chromosomes may alternate, and differ in length."""
    spans = pd.concat([make_spans(3, 500), make_spans(2, 900).assign(chrom="chr10")])
    spans = spans.sample(frac=kept, random_state=seed)
    found = split_blocks(spans, notable(spans), FRACTIONS, seed, 2000, 300)
    assert found.tolist() == blocks_by_names(spans, seed, 2000, 300).tolist()


def least_distance(spans: pd.DataFrame, splits: np.ndarray) -> int:
    """Least distance in bases between spans of different splits, over all pairs."""
    least = np.iinfo(np.int64).max
    for chrom in spans["chrom"].unique():
        for split in SPLITS:
            one = spans[(spans["chrom"] == chrom) & (splits == split)]
            other = spans[(spans["chrom"] == chrom) & ~np.isin(splits, ["", split])]
            for row in one.itertuples():
                if len(other):
                    apart = np.maximum(other["start"] - row.end, row.start - other["end"])
                    least = min(least, int(apart.min()))
    return least


@pytest.mark.parametrize(
    ("block_size", "gap"),
    [(5000, 0), (5000, 700), (5050, 701), (1000, 700)],
)
def test_spans_of_two_blocks_lie_at_least_the_gap_apart(block_size, gap):
    spans = make_spans(1, count=1000)
    splits = split_blocks(spans, notable(spans), FRACTIONS, 0, block_size, gap)
    assert set(SPLITS) <= set(splits) <= {*SPLITS, ""}
    assert least_distance(spans, splits) >= gap


def test_a_gap_wider_than_a_block_is_refused():
    """Only neighbouring blocks are compared, so such a gap could not be kept."""
    with pytest.raises(ConfigError, match="gap"):
        split_blocks(make_spans(1), notable(make_spans(1)), FRACTIONS, 0, 1000, 3000)


def test_blocks_drop_no_span_that_the_gap_does_not_need():
    """Inside a block, and between blocks of one split, every span is kept."""
    spans = make_spans(2)
    splits = split_blocks(spans, notable(spans), FRACTIONS, 0, 5000, 700)
    block = (spans["start"] // 5000).to_numpy()
    key = list(zip(spans["chrom"], block, strict=True))
    split_of = {k: split for k, split in zip(key, splits, strict=True) if split}
    for (chrom, number), start, end, split in zip(
        key, spans["start"], spans["end"], splits, strict=True
    ):
        own = split_of[chrom, number]
        before = split_of.get((chrom, number - 1), own)
        after = split_of.get((chrom, number + 1), own)
        near = before != own and start - number * 5000 < 350
        near |= after != own and (number + 1) * 5000 - end < 350
        assert split == ("" if near else own)


@pytest.mark.parametrize("seed", range(5))
def test_blocks_keep_the_fractions_of_spans_and_positives(seed):
    spans = make_spans(2)
    splits = split_blocks(spans, notable(spans), FRACTIONS, seed, 5000, 0)
    assert "" not in splits
    positives = splits[spans["label"] == 1]
    for split, fraction in FRACTIONS.items():
        assert abs((splits == split).mean() - fraction) < 0.05
        assert abs((positives == split).mean() - fraction) < 0.05


def test_blocks_share_out_spans_where_there_is_no_positive():
    spans = make_spans(1).assign(label=0)
    splits = split_blocks(spans, notable(spans), FRACTIONS, 0, 5000, 0)
    for split, fraction in FRACTIONS.items():
        assert abs((splits == split).mean() - fraction) < 0.05


@pytest.mark.parametrize("method", ["blocks", "chromosomes", "random"])
def test_a_seed_always_gives_the_same_splits_and_another_seed_others(method):
    spans = make_spans(12, count=60)
    splits = [
        assign_splits(spans, {**SETTINGS, "method": method, "seed": seed}, target)[0]
        for seed in (1, 1, 2)
    ]
    np.testing.assert_array_equal(splits[0], splits[1])
    assert (splits[0] != splits[2]).any()


def test_chromosomes_are_held_out_as_listed():
    spans = make_spans(4, count=10)
    held_out = {"valid": ["chr2"], "test": ["chr4", "chr1"]}
    splits = split_chromosomes(spans, notable(spans), FRACTIONS, 0, held_out)
    wanted = {"chr1": "test", "chr2": "valid", "chr3": "train", "chr4": "test"}
    assert splits.tolist() == [wanted[chrom] for chrom in spans["chrom"]]


def test_chromosomes_are_shared_out_whole_when_none_is_listed():
    spans = make_spans(20, count=100)
    splits = split_chromosomes(spans, notable(spans), FRACTIONS, 0, {"valid": [], "test": []})
    by_chromosome = pd.Series(splits).groupby(spans["chrom"]).agg(["nunique", "first"])
    assert (by_chromosome["nunique"] == 1).all()
    assert set(by_chromosome["first"]) == set(SPLITS)
    positives = splits[spans["label"] == 1]
    for split, fraction in FRACTIONS.items():
        assert abs((positives == split).mean() - fraction) < 0.1


@pytest.mark.parametrize("chromosomes", [3, 4, 5])
def test_no_split_stays_empty_where_chromosomes_are_few(chromosomes):
    """By its share alone, train would take the first three of four."""
    spans = make_spans(chromosomes, count=100)
    fractions = {"train": 0.7, "valid": 0.15, "test": 0.15}
    for seed in range(5):
        splits = split_chromosomes(
            spans, notable(spans), fractions, seed, {"valid": [], "test": []}
        )
        assert set(splits) == set(SPLITS)


def test_held_out_chromosomes_without_spans_are_named():
    spans = make_spans(2, count=10)
    with pytest.raises(ConfigError, match=r"names chr9, .* there are spans on chr1, chr2"):
        split_chromosomes(
            spans, notable(spans), FRACTIONS, 0, {"valid": ["chr1"], "test": ["chr9"]}
        )


def test_a_chromosome_cannot_be_held_out_twice():
    spans = make_spans(3, count=10)
    with pytest.raises(ConfigError, match="chr2"):
        split_chromosomes(
            spans, notable(spans), FRACTIONS, 0, {"valid": ["chr1", "chr2"], "test": ["chr2"]}
        )


def test_a_random_split_keeps_the_fractions_within_each_label():
    spans = make_spans(1, count=1000)
    splits = split_random(spans["label"].to_numpy(), FRACTIONS, 0)
    for label in (0, 1):
        of_label = splits[spans["label"] == label]
        for split, fraction in FRACTIONS.items():
            assert abs((of_label == split).sum() - fraction * len(of_label)) <= 1


def test_given_splits_are_taken_as_they_are():
    spans = make_spans(1, count=6)
    given = ["test", "valid", "train", "train", "test", "train"]
    splits, method = assign_splits(
        spans.assign(split=given), {**SETTINGS, "method": "given"}, target
    )
    assert splits.tolist() == given
    assert method == "given"
    with pytest.raises(ConfigError, match="column 5"):
        assign_splits(spans, {**SETTINGS, "method": "given"}, target)


def test_auto_chooses_given_then_blocks_then_chromosomes():
    one, several = make_spans(1, count=500), make_spans(5, count=50)
    assert assign_splits(one, SETTINGS, target)[1] == "blocks"
    assert assign_splits(make_spans(2, count=500), SETTINGS, target)[1] == "blocks"
    named = {**SETTINGS, "chromosomes": {"valid": [], "test": ["chr2"]}}
    assert assign_splits(make_spans(2, count=500), named, target)[1] == "chromosomes"
    assert assign_splits(several, SETTINGS, target)[1] == "chromosomes"
    assert assign_splits(several.assign(split="train"), SETTINGS, target)[1] == "given"


def test_no_spans_at_all_are_refused():
    with pytest.raises(InputError, match=r"no span is left: .*; correct the section spans"):
        assign_splits(make_spans(1, count=0), SETTINGS, target)


def test_counts_are_those_of_the_table():
    spans = make_spans(1, count=1000)
    spans["split"] = split_random(spans["label"].to_numpy(), FRACTIONS, 0)
    counts = count_splits(spans, "jund", "random", target, "span").set_index("split")
    assert counts.index.tolist() == list(SPLITS)
    for split in SPLITS:
        part = spans[spans["split"] == split]
        row = counts.loc[split]
        assert (row["method"], row["spans"]) == ("random", len(part))
        assert row["positives"] == part["label"].sum()
        assert row["prevalence"] == pytest.approx(part["label"].mean())


@pytest.mark.parametrize(
    ("split", "label", "word"), [("test", 0, "positive"), ("valid", 1, "negative")]
)
def test_a_split_of_one_class_is_refused(split, label, word):
    spans = make_spans(1, count=1000)
    spans["split"] = split_random(spans["label"].to_numpy(), FRACTIONS, 0)
    spans.loc[spans["split"] == split, "label"] = label
    message = rf"sample jund: the split '{split}' \(random\) has no {word} span"
    with pytest.raises(InputError, match=message):
        count_splits(spans, "jund", "random", target, "span")


@pytest.mark.parametrize(
    ("method", "fix"),
    [
        ("given", "change the splits in the sample's file, or choose another splits.method, or"),
        ("stratified", "change splits.fractions, or use more data"),
        ("shuffled", "change splits.fractions or splits.seed, or choose the method random, or"),
    ],
)
def test_a_split_of_sequences_is_mended_where_it_was_made(method, fix):
    table = pd.DataFrame({"name": ["a", "b"], "label": [0, 1], "split": ["train", "train"]})
    with pytest.raises(InputError, match=rf"\({method}\) has no positive sequence among 0; {fix}"):
        count_splits(table, "selex", method, target, "sequence")


def test_an_absent_split_is_refused():
    spans = make_spans(1, count=100).assign(split="train")
    with pytest.raises(InputError, match=r"'valid' \(given\) has no positive span among 0"):
        count_splits(spans, "jund", "given", target, "span")


def with_activities(spans: pd.DataFrame) -> pd.DataFrame:
    values = np.random.default_rng(3).normal(size=len(spans))
    return spans.drop(columns="label").assign(activity=values)


@pytest.mark.parametrize("method", ["blocks", "chromosomes"])
def test_activities_are_split_by_place_in_the_shares_of_spans(method):
    """No example is rarer than the others, so shares of all are kept alone."""
    spans = with_activities(make_spans(20 if method == "chromosomes" else 2, count=1000))
    splits, used = assign_splits(spans, {**SETTINGS, "method": method, "gap": 0}, activity)
    assert used == method
    assert set(splits) == set(SPLITS)
    for split, fraction in FRACTIONS.items():
        assert abs((splits == split).mean() - fraction) < 0.05
    same = spans.assign(activity=-spans["activity"])
    again, _ = assign_splits(same, {**SETTINGS, "method": method, "gap": 0}, activity)
    assert again.tolist() == splits.tolist(), "the values themselves do not count"


def test_a_random_split_of_activities_keeps_the_fractions_of_all():
    spans = with_activities(make_spans(1, count=1000))
    splits, _ = assign_splits(spans, {**SETTINGS, "method": "random"}, activity)
    for split, fraction in FRACTIONS.items():
        assert abs((splits == split).sum() - fraction * 1000) <= 1
    assert splits.tolist() == split_random(np.zeros(1000, int), FRACTIONS, 0).tolist()


def test_activities_are_counted_by_split_and_must_differ():
    spans = with_activities(make_spans(1, count=300))
    spans["split"] = split_random(np.zeros(300, int), FRACTIONS, 0)
    counts = count_splits(spans, "mpra", "random", activity, "span")
    assert counts.columns.tolist() == ["split", "method", "spans", "mean", "standard_deviation"]
    assert counts["spans"].tolist() == [180, 60, 60]
    valid = spans["split"] == "valid"
    assert counts["mean"].iloc[1] == pytest.approx(spans.loc[valid, "activity"].mean())
    spans.loc[valid, "activity"] = 2.0
    message = (
        r"sample mpra: the split 'valid' \(given\) has no two spans of different activity among "
        "60; change the splits in the sample's file"
    )
    with pytest.raises(InputError, match=message):
        count_splits(spans, "mpra", "given", activity, "span")
