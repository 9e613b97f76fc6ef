"""One split for all samples: of one sample it is its own, of several the same for each."""

import numpy as np
import pandas as pd
import pytest
from split_examples import FRACTIONS, SETTINGS

from cisfuse.base.errors import ConfigError
from cisfuse.base.files import write_table
from cisfuse.readers.blocks import BLOCK_UNIT
from cisfuse.sources.shared_splits import (
    COLUMNS,
    assign_shared,
    count_sample,
    count_stretches,
    describe_blocks,
    place_as,
    place_spans,
    share_out,
    with_blocks,
)
from cisfuse.sources.splits import split_blocks, split_chromosomes
from cisfuse.tasks.binding import target

SETTINGS = SETTINGS | {"block_size": 20_000}
SIZES = {"chr2": 400_000, "chr10": 250_000, "chr1": 300_000}


def make_spans(sizes: dict, seed: int, bound: float = 0.02, kept: float = 0.9) -> pd.DataFrame:
    """Spans of 100 bp, of which some are missing, in the order of the chromosomes."""
    generator = np.random.default_rng(seed)
    tables = []
    for chrom, size in sizes.items():
        start = np.arange(0, size - 99, 100, dtype=np.int64)
        start = start[generator.random(len(start)) < kept]
        label = (generator.random(len(start)) < bound).astype(np.int64)
        tables.append(
            pd.DataFrame({"chrom": chrom, "start": start, "end": start + 100, "label": label})
        )
    return pd.concat(tables, ignore_index=True)


def first(chromosomes: int) -> dict[str, int]:
    return dict(list(SIZES.items())[:chromosomes])


def share(samples: list[pd.DataFrame], settings: dict = SETTINGS) -> pd.DataFrame:
    unit = BLOCK_UNIT if settings["block_size"] == "auto" else settings["block_size"]
    counts = [count_stretches(spans, target, unit) for spans in samples]
    return share_out(counts, settings, SIZES, 100)


def places(spans: pd.DataFrame, splits: np.ndarray) -> dict:
    """The split of each place."""
    return dict(zip(zip(spans["chrom"], spans["start"], strict=True), splits, strict=True))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kept", [1, 0.5, 0.003])
def test_one_sample_is_split_by_blocks_as_it_is_alone(seed, kept):
    spans = make_spans(first(2), seed, kept=kept)
    settings = {**SETTINGS, "seed": seed, "block_size": 10_000}
    notable = (spans["label"] == 1).to_numpy()
    expected = split_blocks(spans, notable, FRACTIONS, seed, 10_000, 700)
    found, method = assign_shared(spans, share([spans], settings), settings, target)
    assert method == "blocks"
    assert found.tolist() == expected.tolist()


@pytest.mark.parametrize("held_out", [[], ["chr10"]])
def test_one_sample_is_split_by_chromosomes_as_it_is_alone(held_out):
    spans = make_spans(SIZES, 3)
    chromosomes = {"valid": [], "test": held_out}
    notable = (spans["label"] == 1).to_numpy()
    expected = split_chromosomes(spans, notable, FRACTIONS, 0, chromosomes)
    blocks = share([spans], {**SETTINGS, "chromosomes": chromosomes})
    assert blocks["end"].tolist() == list(SIZES.values())
    found, method = assign_shared(spans, blocks, SETTINGS, target)
    assert method == "chromosomes"
    assert found.tolist() == expected.tolist()


@pytest.mark.parametrize("chromosomes", [2, 3])
def test_all_samples_have_one_split(chromosomes):
    """Fails where each sample's own positives decide, as they did."""
    samples = [make_spans(first(chromosomes), seed, bound=0.01 * seed) for seed in (1, 2, 3)]
    blocks = share(samples)
    one, *others = (
        places(spans, assign_shared(spans, blocks, SETTINGS, target)[0]) for spans in samples
    )
    for other in others:
        shared = one.keys() & other.keys()
        assert len(shared) > 1000
        assert all(one[place] == other[place] for place in shared)
    for spans in samples:
        splits = assign_shared(spans, blocks, SETTINGS, target)[0]
        shares = pd.Series(splits[spans["label"] == 1]).value_counts(normalize=True)
        assert shares["test"] > 0.05


def test_a_transferred_sample_has_the_splits_of_its_own_models():
    own, source = make_spans(first(2), 1), make_spans(first(2), 2)
    blocks = share([own, source])
    expected, _ = assign_shared(own, blocks, SETTINGS, target)
    found, method = place_as(own, source, "source", "blocks", blocks, SETTINGS)
    assert method == "as source"
    assert found.tolist() == expected.tolist()


def test_a_sample_with_few_positives_counts_as_much_as_one_with_many():
    """Without weights the few positives would be shared out by chance."""
    few = make_spans(first(2), 1, bound=0.002, kept=1)
    many = make_spans(first(2), 2, bound=0.1, kept=1)
    shares = []
    for seed in range(10):
        settings = {**SETTINGS, "seed": seed}
        splits = place_spans(few, share([few, many], settings), 0)
        shares.append((splits[few["label"] == 1] == "test").mean())
    assert np.abs(np.array(shares) - 0.2).mean() < 0.05


def test_the_order_of_samples_changes_nothing():
    samples = [make_spans(first(2), seed) for seed in (1, 2)]
    pd.testing.assert_frame_equal(share(samples), share(samples[::-1]))


def test_spans_in_no_block_are_left_out():
    spans = make_spans(first(2), 1)
    blocks = share([spans[spans["start"] < 100_000]])
    splits = place_spans(spans, blocks, 0)
    assert set(splits[spans["start"] >= 100_000]) == {""}
    assert "" not in splits[spans["start"] < 100_000]


def test_the_size_of_blocks_follows_the_genome():
    large = pd.concat([make_spans({"chr1": 12_000_000}, 1, kept=0.1)])
    settings = {**SETTINGS, "block_size": "auto"}
    for spans, size in ((large, 500_000), (make_spans(first(2), 1), 25_000)):
        sizes = {"chr1": 12_000_000} if spans is large else SIZES
        blocks = share_out([count_stretches(spans, target, BLOCK_UNIT)], settings, sizes, 100)
        assert set(blocks["block_size"]) == {size}
        assert len(blocks) >= 20
        assert f"{len(blocks)} blocks of {size:,} bp: " in describe_blocks(blocks)
    # A gap takes a fifth of a block at most.
    wide = share([make_spans(first(2), 1)], {**settings, "gap": 10_000})
    assert set(wide["block_size"]) == {100_000}
    with pytest.raises(ConfigError, match=r"do not fit into splits\.block_size"):
        share([make_spans(first(2), 1)], {**settings, "gap": 600_000})


def test_a_sample_that_brings_its_split_has_no_part_in_it(tmp_path):
    spans = make_spans(first(1), 1)
    paths = [tmp_path / "a.tsv.gz", tmp_path / "b.tsv.gz"]
    write_table(spans[:1000], paths[0])
    write_table(spans[1000:], paths[1])
    counted = count_sample(paths, SETTINGS, target)
    expected = count_stretches(spans, target, SETTINGS["block_size"])
    pd.testing.assert_frame_equal(counted, expected, check_dtype=False)
    assert count_sample(paths, {**SETTINGS, "method": "random"}, target) is None
    write_table(spans.assign(split="test"), paths[0])
    assert count_sample(paths[:1], SETTINGS, target) is None
    given = spans.assign(split="test")
    assert assign_shared(given, share([spans]), SETTINGS, target)[1] == "given"
    none = pd.DataFrame(columns=COLUMNS)
    assert assign_shared(given, none, SETTINGS, target)[1] == "given"
    assert "no blocks" in describe_blocks(none)


def test_the_table_of_splits_counts_blocks():
    blocks = share([make_spans(first(2), 1)])
    counts = with_blocks(pd.DataFrame({"split": ["train", "valid", "test"]}), blocks)
    assert counts["blocks"].sum() == len(blocks) == 33
    assert set(counts["block_size"]) == {20_000}
