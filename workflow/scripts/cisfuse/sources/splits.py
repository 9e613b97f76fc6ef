"""Splits: which spans train, which select the round, and which are kept for the score.

Parts keep their shares of all spans and of those that are ``notable``, bool (n_spans,), which a
task tells (`cisfuse.tasks`): the positives of binding, say. ``strata``, int (n_spans,), are
groups that a random split keeps in proportion.
"""

from collections.abc import Hashable, Mapping, Sequence
from types import ModuleType
from typing import TypeVar

import numpy as np
import pandas as pd

from cisfuse.base.errors import ConfigError, InputError
from cisfuse.base.splits import SPLITS
from cisfuse.readers.blocks import AUTO, fit_block_size, number_blocks

LARGEST_BLOCK = 500_000  # bases
Part = TypeVar("Part", bound=Hashable)  # a split, or a fold's number


def apportion(
    groups: pd.DataFrame, fractions: Mapping[Part, float], generator: np.random.Generator
) -> list[Part]:
    """Give each group of spans (a block, a chromosome) to a part (a split, a fold).

    ``groups`` has the columns ``spans`` and ``notable``. In random order each group goes
    to the part that lacks most of its share: of notable spans if the group has any, else of
    all; to the first of equals. So the parts keep the fractions in both counts as far as
    whole groups allow. The last groups go to parts that have none yet.
    """
    total = {unit: int(groups[unit].sum()) for unit in ("spans", "notable")}
    parts = [part for part in fractions if fractions[part] > 0]
    counts = {part: {"spans": 0, "notable": 0} for part in parts}
    rows = groups[["spans", "notable"]].to_numpy().tolist()
    chosen: list = [None] * len(rows)
    for left, row in zip(
        range(len(rows), 0, -1), generator.permutation(len(rows)).tolist(), strict=True
    ):
        spans, notable = rows[row]
        unit = "notable" if notable > 0 else "spans"

        def missing(part: Part, unit: str = unit) -> float:
            return fractions[part] - counts[part][unit] / total[unit]

        empty = [part for part in parts if not counts[part]["spans"]]
        part = max(empty if left <= len(empty) else parts, key=missing)
        chosen[row] = part
        counts[part]["spans"] += spans
        counts[part]["notable"] += notable
    return chosen


def count_groups(group: np.ndarray, notable: np.ndarray) -> pd.DataFrame:
    """Spans and notable ones of each group; ``group`` numbers them from 0, (n_spans,)."""
    spans = np.bincount(group)
    return pd.DataFrame(
        {"spans": spans, "notable": np.bincount(group[notable], minlength=len(spans))}
    )


def split_blocks(
    spans: pd.DataFrame,
    notable: np.ndarray,
    fractions: Mapping[str, float],
    seed: int,
    block_size: int,
    gap: int,
) -> np.ndarray:
    """Split by contiguous blocks of ``block_size`` bases, str (n_spans,).

    A span belongs to the block that holds its start. Where two neighbouring blocks are in
    different splits, spans within ``gap`` / 2 bases of the border are left out (``""``), so
    that spans of two splits lie at least ``gap`` bases apart.
    """
    check_room(block_size, gap, int((spans["end"] - spans["start"]).max()))
    number = number_blocks(spans, block_size)
    group, numbers = pd.factorize(number)
    groups = count_groups(group, notable)
    return place_in_blocks(
        spans, number, numbers, apportion(groups, fractions, _generator(seed)), block_size, gap
    )


def check_room(block_size: int, gap: int, length: int) -> None:
    """Raise `ConfigError` when a gap and a span of ``length`` bases do not fit into a block."""
    if gap + length > block_size:
        raise ConfigError(
            f"splits.gap ({gap:,}) and a span ({length:,}) do not fit into splits.block_size "
            f"({block_size:,}); make the blocks larger or the gap smaller"
        )


def place_in_blocks(
    spans: pd.DataFrame,
    number: np.ndarray,
    numbers: np.ndarray,
    chosen: Sequence[str],
    block_size: int,
    gap: int,
) -> np.ndarray:
    """The split of each span by its block, ``""`` near a block of another split, str (n_spans,).

    number: of each span's block, as `number_blocks` has them; numbers: of the blocks of which
    ``chosen`` are the splits. A span in another block is left out too.
    """
    start, end = (spans[column].to_numpy() for column in ("start", "end"))
    names = np.array([*SPLITS, ""], dtype=object)
    absent = len(SPLITS)
    largest = max(int(number.max()), int(numbers.max()))
    split_of = np.full(largest + 2, absent, dtype=np.int8)
    split_of[numbers] = [SPLITS.index(split) for split in chosen]

    own, before, after = split_of[number], split_of[number - 1], split_of[number + 1]
    block = start // block_size
    margin = gap / 2
    near_before = (start - block * block_size < margin) & (before != own) & (before != absent)
    near_after = ((block + 1) * block_size - end < margin) & (after != own) & (after != absent)
    return names[np.where(near_before | near_after, absent, own)]


def split_chromosomes(
    spans: pd.DataFrame,
    notable: np.ndarray,
    fractions: Mapping[str, float],
    seed: int,
    held_out: Mapping[str, Sequence],
) -> np.ndarray:
    """Split by whole chromosomes, str (n_spans,).

    ``held_out`` names the chromosomes of ``valid`` and ``test``; the others train. When both
    lists are empty the chromosomes are apportioned by the fractions.
    """
    groups = pd.Series(notable, spans.index).groupby(spans["chrom"], sort=False)
    groups = groups.agg(spans="size", notable="sum")
    split_of = place_chromosomes(groups, fractions, seed, held_out)
    return spans["chrom"].map(split_of).to_numpy(object)


def place_chromosomes(
    groups: pd.DataFrame,
    fractions: Mapping[str, float],
    seed: int,
    held_out: Mapping[str, Sequence],
) -> dict[str, str]:
    """The split of each chromosome, as `split_chromosomes` has them.

    ``groups`` has the columns ``spans`` and ``notable``, and the chromosomes as its index.
    """
    if not held_out["valid"] and not held_out["test"]:
        chosen = apportion(groups, fractions, _generator(seed))
        return dict(zip(groups.index, chosen, strict=True))
    split_of = {chrom: split for split in ("valid", "test") for chrom in held_out[split]}
    twice = sorted(set(held_out["valid"]) & set(held_out["test"]))
    if twice:
        raise ConfigError(
            f"splits.chromosomes has {', '.join(twice)} under valid and under test; keep one"
        )
    unknown = sorted(set(split_of) - set(groups.index))
    if unknown:
        raise ConfigError(
            f"splits.chromosomes names {', '.join(unknown)}, which has no spans; "
            f"there are spans on {', '.join(groups.index)}"
        )
    return {chrom: split_of.get(chrom, "train") for chrom in groups.index}


def split_random(strata: np.ndarray, fractions: Mapping[str, float], seed: int) -> np.ndarray:
    """Split at random within each stratum, str (n_spans,); neighbouring spans leak."""
    splits = np.empty(len(strata), dtype=object)
    generator = _generator(seed)
    for stratum in range(int(strata.max(initial=0)) + 1):
        rows = generator.permutation(np.flatnonzero(strata == stratum))
        bounds = np.round(np.cumsum([fractions[s] for s in SPLITS]) * len(rows)).astype(int)
        for split, part in zip(SPLITS, np.split(rows, bounds[:-1]), strict=True):
            splits[part] = split
    return splits


def check_any(spans: pd.DataFrame) -> None:
    """Raise `InputError` when there is no span."""
    if spans.empty:
        raise InputError(
            "no span is left: none fits on its chromosome, or all were dropped; correct the "
            "section spans of the config (length, chromosomes, max_n_fraction)"
        )


def assign_splits(
    spans: pd.DataFrame, settings: Mapping, target: ModuleType
) -> tuple[np.ndarray, str]:
    """Assign every span to a split by the config's section ``splits``.

    ``target`` is the part of that name of the study's task.
    Returns the splits, str (n_spans,), ``""`` for a span that is left out, and the method
    that was used: ``auto`` stands for ``given`` when the spans bring a split, for ``blocks``
    on one or two chromosomes and for ``chromosomes`` on three and more, or when some are
    named to be held out. Raises `InputError` when there is no span.
    """
    check_any(spans)
    method = settings["method"]
    if method == "auto":
        by_place = method_by_place(settings, spans["chrom"].nunique())
        method = "given" if "split" in spans else by_place
    fractions, seed = settings["fractions"], settings["seed"]
    if method == "given":
        if "split" not in spans:
            raise ConfigError(
                "splits.method is 'given', but the sample has no BED of spans with a split in "
                "column 5; add that column or choose another method"
            )
        return spans["split"].to_numpy(object), method
    targets = spans[target.TARGET].to_numpy()
    notable = target.notable(targets)
    if method == "blocks":
        size = block_size_of(settings, spans, int((spans["end"] - spans["start"]).max()))
        return split_blocks(spans, notable, fractions, seed, size, settings["gap"]), method
    if method == "chromosomes":
        held_out = settings["chromosomes"]
        return split_chromosomes(spans, notable, fractions, seed, held_out), method
    return split_random(target.strata(targets), fractions, seed), method


def method_by_place(settings: Mapping, chromosomes: int) -> str:
    """The method of the config, or what ``auto`` stands for with spans on so many chromosomes."""
    if settings["method"] != "auto":
        return settings["method"]
    held_out = any(settings["chromosomes"].values())
    return "blocks" if chromosomes < len(SPLITS) and not held_out else "chromosomes"


def block_size_of(settings: Mapping, spans: pd.DataFrame, length: int) -> int:
    """The block size of the section ``splits``, or that which ``auto`` stands for, in bases.

    ``spans``, with ``chrom`` and ``start``, are ``length`` bases long; see `fit_block_size`. A gap
    and a span take a fifth of a block at most, as far as there are such sizes.
    """
    if settings["block_size"] != AUTO:
        return settings["block_size"]
    return fit_block_size(spans, LARGEST_BLOCK, 5 * (settings["gap"] + length))


# What to change in a split that lacks a class, where it is not the section as a whole.
MENDS = {
    "given": "change the splits in the sample's file, or choose another splits.method",
    "stratified": "change splits.fractions",
    "shuffled": "change splits.fractions or splits.seed, or choose the method random",
}


def count_splits(
    table: pd.DataFrame, sample: str, method: str, target: ModuleType, unit: str
) -> pd.DataFrame:
    """Count a sample's examples per split: split, method, then what the task counts.

    Raises `InputError` when a split lacks what a score needs; ``unit`` is what an example is
    called.
    """
    counts = target.count_splits(table, SPLITS)
    place = f"sample {sample}: the split '{{split}}' ({method})"
    section = "change the section splits of the config (seed, block_size, fractions)"
    target.check_counts(counts, place, unit, MENDS.get(method, section))
    counts.insert(0, "method", method)
    return counts.reset_index(names="split")


def _generator(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)
