"""Every span is tested once, by a model that saw nothing near it."""

import numpy as np
import pandas as pd
import pytest

from cisfuse.base.errors import ConfigError, InputError
from cisfuse.sources.spans.folds import assign_folds, fold_splits
from cisfuse.tasks.activity import target as activity
from cisfuse.tasks.binding import target

SETTINGS = {"method": "auto", "seed": 0, "block_size": 5000}


def make_spans(chromosomes: int, count: int, stride: int = 100) -> pd.DataFrame:
    """Spans of 100 bp; with a stride below 100 they overlap."""
    generator = np.random.default_rng(chromosomes)
    tables = []
    for number in range(1, chromosomes + 1):
        start = np.arange(count, dtype=np.int64) * stride
        label = generator.binomial(1, 0.05, count)
        columns = {"chrom": f"chr{number}", "start": start, "end": start + 100, "label": label}
        tables.append(pd.DataFrame(columns).sample(frac=0.9, random_state=number).sort_index())
    return pd.concat(tables, ignore_index=True)


def distances(spans: pd.DataFrame) -> np.ndarray:
    """Bases between each pair of spans, negative where they overlap, float64 (n, n)."""
    start, end = (spans[column].to_numpy(np.float64) for column in ("start", "end"))
    apart = np.maximum(start[None] - end[:, None], start[:, None] - end[None])
    chrom = spans["chrom"].to_numpy(object)
    return np.where(chrom[None] == chrom[:, None], apart, np.inf)


@pytest.mark.parametrize("folds", [3, 5])
@pytest.mark.parametrize(("stride", "gap"), [(100, 0), (100, 700), (30, 0), (30, 333)])
def test_each_span_is_tested_once_and_far_from_what_the_model_saw(folds, stride, gap):
    spans = make_spans(2, 500, stride)
    fold_of, unit = assign_folds(spans, folds, SETTINGS, target)
    assert unit == "blocks"
    apart = distances(spans)
    tested = np.zeros(len(spans), dtype=int)
    for number in range(folds):
        splits = fold_splits(spans, fold_of, number, folds, gap)
        test, valid, train = (splits == split for split in ("test", "valid", "train"))
        tested += test
        assert (fold_of[test] == number).all()
        assert (fold_of[valid] == (number + 1) % folds).all()
        assert min(test.sum(), valid.sum(), train.sum()) > 0
        assert apart[test][:, valid].min() >= gap
        assert apart[test][:, train].min() >= gap
        assert apart[valid][:, train].min() >= gap
        out = splits == ""
        needed = (apart[out][:, test] < gap).any(axis=1)
        needed |= (apart[out][:, valid] < gap).any(axis=1)
        assert needed.all(), "a span was left out that lies near no other split"
    assert (tested == 1).all()


def test_whole_chromosomes_make_the_folds_where_there_are_enough():
    spans = make_spans(6, 100)
    fold_of, unit = assign_folds(spans, 4, SETTINGS, target)
    assert unit == "chromosomes"
    assert (spans.assign(fold=fold_of).groupby("chrom")["fold"].nunique() == 1).all()
    assert set(fold_of) == {0, 1, 2, 3}
    for number in range(4):
        assert "" not in fold_splits(spans, fold_of, number, 4, 10**9)
    assert assign_folds(spans, 4, {**SETTINGS, "method": "blocks"}, target)[1] == "blocks"
    assert assign_folds(spans, 4, {**SETTINGS, "method": "random"}, target)[1] == "chromosomes"
    small = {**SETTINGS, "block_size": 1000}
    assert assign_folds(spans, 7, small, target)[1] == "blocks"
    assert (
        assign_folds(make_spans(2, 300), 3, {**small, "method": "chromosomes"}, target)[1]
        == "blocks"
    )


@pytest.mark.parametrize("seed", range(5))
def test_folds_are_alike_in_spans_and_positives(seed):
    spans = make_spans(2, 5000)
    fold_of, _ = assign_folds(spans, 5, {**SETTINGS, "seed": seed}, target)
    for counts in (np.bincount(fold_of), np.bincount(fold_of[spans["label"] == 1])):
        assert np.abs(counts / counts.sum() - 0.2).max() < 0.05


def test_a_seed_always_gives_the_same_folds_and_another_seed_others():
    spans = make_spans(2, 500)
    folds = [assign_folds(spans, 3, {**SETTINGS, "seed": seed}, target)[0] for seed in (1, 1, 2)]
    np.testing.assert_array_equal(folds[0], folds[1])
    assert (folds[0] != folds[2]).any()


def test_folds_that_cannot_be_made_are_refused():
    spans = make_spans(1, 500)
    with pytest.raises(ConfigError, match=r"splits.folds is 2, .*; write 3 or more"):
        assign_folds(spans, 2, SETTINGS, target)
    message = r"splits.folds is 4, but 3 blocks with \d+ positive .*; write fewer folds, or make"
    with pytest.raises(ConfigError, match=message):
        assign_folds(spans, 4, {**SETTINGS, "block_size": 20_000}, target)
    few = spans.assign(label=(spans.index < 2).astype(int))
    with pytest.raises(ConfigError, match=r"with 2 positive spans leave a fold without"):
        assign_folds(few, 3, SETTINGS, target)
    with pytest.raises(InputError, match="no span is left"):
        assign_folds(spans.iloc[:0], 3, SETTINGS, target)


def test_folds_of_activities_need_nothing_but_spans():
    """There is no kind of example that a fold could lack."""
    spans = make_spans(1, 500).drop(columns="label")
    spans["activity"] = np.arange(len(spans), dtype=float)
    fold_of, unit = assign_folds(spans, 5, SETTINGS, activity)
    assert unit == "blocks"
    sizes = np.bincount(fold_of, minlength=5)
    assert np.abs(sizes / sizes.sum() - 0.2).max() < 0.05
    again, _ = assign_folds(spans.assign(activity=0.0), 5, SETTINGS, activity)
    assert again.tolist() == fold_of.tolist()
