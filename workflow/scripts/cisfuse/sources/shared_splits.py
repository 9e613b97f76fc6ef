"""One split for all samples of a study: blocks or chromosomes are shared out once, by all of them.

So a model that was trained on a sample and one that comes from another sample are scored on the
same stretches of the genome. Of one sample alone the split is that of `cisfuse.sources.splits`.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd

from cisfuse.base.files import read_header, read_pieces
from cisfuse.base.splits import SPLITS
from cisfuse.readers.blocks import AUTO, BLOCK_UNIT, number_blocks
from cisfuse.sources.followed_splits import follow_splits
from cisfuse.sources.splits import (
    apportion,
    assign_splits,
    block_size_of,
    check_any,
    check_room,
    method_by_place,
    place_chromosomes,
    place_in_blocks,
)

COLUMNS = ["chrom", "start", "end", "spans", "split", "method", "block_size"]
BY_PLACE = ("auto", "blocks", "chromosomes")


def count_sample(
    paths: Iterable[str | Path], settings: Mapping, target: ModuleType
) -> pd.DataFrame | None:
    """Spans of a sample by short stretches of the genome: ``chrom start spans notable``.

    ``paths`` are its tables of labelled spans. None for a sample whose split is not made here:
    it brings one, or ``settings``, the config's section ``splits``, has a method of single spans.
    """
    if settings["method"] not in BY_PLACE:
        return None
    unit = BLOCK_UNIT if settings["block_size"] == AUTO else settings["block_size"]
    tables = []
    for path in paths:
        if "split" in read_header(path) and settings["method"] == "auto":
            return None
        for piece in read_pieces(path, ["chrom", "start", target.TARGET]):
            tables.append(count_stretches(piece, target, unit))
    return _added(tables) if tables else None


def count_stretches(spans: pd.DataFrame, target: ModuleType, unit: int) -> pd.DataFrame:
    """Spans, and notable ones, by the stretch of ``unit`` bases in which they start."""
    return _added(
        [
            pd.DataFrame(
                {
                    "chrom": spans["chrom"].astype(object),
                    "start": spans["start"] // unit * unit,
                    "spans": 1,
                    "notable": target.notable(spans[target.TARGET].to_numpy()).astype(np.int64),
                }
            )
        ]
    )


def _added(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    table = pd.concat(tables, ignore_index=True)
    return table.groupby(["chrom", "start"], sort=False, as_index=False).sum()


def share_out(
    counts: Sequence[pd.DataFrame], settings: Mapping, sizes: Mapping[str, int], length: int
) -> pd.DataFrame:
    """Share out blocks or chromosomes among the splits, by the spans of all samples.

    counts: of each sample, by `count_sample`; settings: the config's section ``splits``; sizes: of
    the chromosomes, in the order of the spans' tables; length: of a span. Returns `COLUMNS`, a row
    per block that holds spans; ``block_size`` is 0 for whole chromosomes.

    Of several samples the notable spans count about as much for each, however many each has.
    """
    most = max(map(_notable, counts))
    table = _added([_weighted(each, most) for each in counts])
    rank = table["chrom"].map({chrom: rank for rank, chrom in enumerate(sizes)})
    table = table.assign(rank=rank)
    method = method_by_place(settings, table["chrom"].nunique())
    fractions, seed = settings["fractions"], settings["seed"]
    size = block_size_of(settings, table, length) if method == "blocks" else 0
    start = table["start"] // size * size if size else 0
    groups = table.assign(start=start).groupby(["rank", "chrom", "start"])
    groups = groups[["spans", "notable"]].sum().reset_index()
    if size:
        check_room(size, settings["gap"], length)
        split = apportion(groups, fractions, np.random.default_rng(seed))
    else:
        of_chromosomes = groups.set_index("chrom")[["spans", "notable"]]
        split_of = place_chromosomes(of_chromosomes, fractions, seed, settings["chromosomes"])
        split = groups["chrom"].map(split_of)
    end = groups["chrom"].map(sizes)
    end = np.minimum(groups["start"] + size, end) if size else end
    return groups.assign(end=end, split=split, method=method, block_size=size)[COLUMNS]


def _notable(counts: pd.DataFrame) -> int:
    return int(counts["notable"].sum())


def _weighted(counts: pd.DataFrame, most: int) -> pd.DataFrame:
    """A sample's counts, the notable times what brings them near ``most`` of all samples."""
    return counts.assign(notable=counts["notable"] * round(most / max(_notable(counts), 1)))


def place_spans(spans: pd.DataFrame, blocks: pd.DataFrame, gap: int) -> np.ndarray:
    """The split that each span has by its place, str (n_spans,), of blocks of `share_out`.

    ``""`` for a span within half the ``gap`` of another split's block, and for one in a block, or
    on a chromosome, that is not there.
    """
    size = int(blocks["block_size"].iloc[0])
    if not size:
        split_of = dict(zip(blocks["chrom"], blocks["split"], strict=True))
        return spans["chrom"].map(split_of).fillna("").to_numpy(object)
    places = pd.concat([blocks[["chrom", "start"]], spans[["chrom", "start"]]], ignore_index=True)
    numbers = number_blocks(places, size)
    known, number = numbers[: len(blocks)], numbers[len(blocks) :]
    return place_in_blocks(spans, number, known, blocks["split"].tolist(), size, gap)


def assign_shared(
    spans: pd.DataFrame, blocks: pd.DataFrame, settings: Mapping, target: ModuleType
) -> tuple[np.ndarray, str]:
    """As `assign_splits`, with the splits that blocks of `share_out` have where they decide."""
    check_any(spans)
    brings = "split" in spans and settings["method"] in ("auto", "given")
    if brings or blocks.empty:
        return assign_splits(spans, settings, target)
    return place_spans(spans, blocks, settings["gap"]), str(blocks["method"].iloc[0])


def place_as(
    spans: pd.DataFrame,
    reference: pd.DataFrame,
    name: str,
    method: str,
    blocks: pd.DataFrame,
    settings: Mapping,
) -> tuple[np.ndarray, str]:
    """As `follow_splits`, with the splits that blocks of `share_out` have where they decide.

    ``method`` is how the other sample's spans, ``reference``, were split. So a sample that was
    trained on another is split as one that was trained itself.
    """
    if "split" in spans or blocks.empty or method not in BY_PLACE:
        return follow_splits(spans, reference, name, settings)
    check_any(spans)
    return place_spans(spans, blocks, settings["gap"]), f"as {name}"


def describe_blocks(blocks: pd.DataFrame) -> str:
    """How many blocks or chromosomes there are and each split has, for a log."""
    if blocks.empty:
        return "the samples bring their splits, or single spans are shared out: no blocks"
    size = int(blocks["block_size"].iloc[0])
    unit = f"blocks of {size:,} bp" if size else "chromosomes"
    counts = blocks["split"].value_counts()
    shares = ", ".join(f"{counts.get(split, 0):,} {split}" for split in SPLITS)
    return f"{len(blocks):,} {unit}: {shares}"


def with_blocks(counts: pd.DataFrame, blocks: pd.DataFrame) -> pd.DataFrame:
    """A table of splits with the ``blocks`` of each and their ``block_size`` in bases."""
    found = counts["split"].map(blocks["split"].value_counts()).fillna(0).astype(int)
    return counts.assign(blocks=found, block_size=int(blocks["block_size"].iloc[0]))
