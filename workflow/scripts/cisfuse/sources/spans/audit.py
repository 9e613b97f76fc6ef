"""Split leakage of spans, in numbers.

A table of spans is sorted (chromosomes together, starts rising) and has the columns ``chrom``,
``start``, ``end``, ``split`` and ``target``, as `read_table` gives it; all spans have one length.
Two spans lie next to each other when they touch or overlap. What is counted of them is
``audited``, bool (n_spans,): the positives of binding, all spans of activity.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from cisfuse.base import files
from cisfuse.base.splits import SPLITS
from cisfuse.readers.genome import read_chromosome
from cisfuse.readers.spans import count_near, sum_near
from cisfuse.sources.spans.audit_copies import Read, Row, check_copies, check_duplicates, share
from cisfuse.statistics.ranking import number_peaks

PLACE = ["chrom", "start", "end"]


def audit_sample(inputs: Mapping[str, Any], target: ModuleType) -> pd.DataFrame:
    """Audit the table ``inputs["spans"]`` with the genome ``inputs["fasta"]``; see below.

    ``inputs["labelled"]`` are the tables of the sample's spans before any was left out, and
    ``inputs["trained"]`` is the table of the sample whose models are scored, where it is another.
    """
    columns = [*PLACE, "split", target.TARGET]
    spans = files.read_table(inputs["spans"], columns)
    if inputs.get("trained"):
        spans = with_train_of(spans, files.read_table(inputs["trained"], columns))
    left_out = read_left_out(inputs.get("labelled") or [], spans, target)
    return audit_splits(spans, partial(read_chromosome, inputs["fasta"]), target, left_out)


def with_train_of(spans: pd.DataFrame, trained: pd.DataFrame) -> pd.DataFrame:
    """The spans of a sample that another's models predict, with the other's as train; sorted."""
    train = trained[trained["split"] == "train"]
    return _sorted([train, spans[spans["split"] != "train"]])


def read_left_out(
    paths: Iterable[str], spans: pd.DataFrame, target: ModuleType
) -> pd.DataFrame | None:
    """The audited spans of tables of labelled spans that are in no split; None without tables."""
    tables = []
    for path in paths:
        for piece in files.read_pieces(path, [*PLACE, target.TARGET]):
            tables.append(piece[target.audited(piece[target.TARGET].to_numpy())])
    if not tables:
        return None
    found = pd.concat(tables, ignore_index=True)
    kept = pd.MultiIndex.from_frame(spans.loc[target.audited(spans[target.TARGET]), PLACE])
    return found[~pd.MultiIndex.from_frame(found[PLACE]).isin(kept)]


def audit_splits(
    spans: pd.DataFrame, read: Read, target: ModuleType, left_out: pd.DataFrame | None = None
) -> pd.DataFrame:
    """All checks of a split: ``check``, ``count``, ``of`` and ``value``, a row for each.

    ``value`` is the share ``count / of``, or the score where the check is named after one; it
    is missing where there is nothing to take a share of. ``read`` gives a chromosome's
    upper-case bases, uint8 (length,). ``left_out`` are audited spans that are in no split.
    """
    audited = target.audited(spans[target.TARGET].to_numpy())
    rows = [
        check_neighbours(spans, audited, "test", target.AUDITED),
        check_neighbours(spans, audited, "valid", target.AUDITED),
        check_shared(spans),
        *check_lookup(spans, target),
        *check_peaks(spans, audited, left_out),
        *check_duplicates(spans, audited, read, target.AUDITED),
        *check_copies(spans, audited, read, target.AUDITED),
    ]
    return pd.DataFrame(rows, columns=["check", "count", "of", "value"])


def check_neighbours(spans: pd.DataFrame, audited: np.ndarray, split: str, word: str) -> Row:
    """Audited spans of a split that lie next to one of train, of all that the split has."""
    counted = spans[audited]
    train, others = (counted[counted["split"] == name] for name in ("train", split))
    count = int((count_near(others, train, 0) > 0).sum())
    return share(f"{split}_{word}s_next_to_train_{word}", count, len(others))


def check_shared(spans: pd.DataFrame) -> Row:
    """Test spans that share a base with one of train, of all test spans."""
    train, test = (spans[spans["split"] == name] for name in ("train", "test"))
    return share("test_spans_over_train", int((count_near(test, train, -1) > 0).sum()), len(test))


def check_lookup(spans: pd.DataFrame, target: ModuleType) -> list[Row]:
    """Score test by looking up the targets of neighbours, with no model at all.

    The score of a test span is the mean target of the train spans next to it, 0 where there is
    none. ``count`` are the test spans that have one. Where none has, all scores are equal:
    for binding ROC-AUC is 0.5 and average precision is the prevalence.
    """
    train, test = (spans[spans["split"] == name] for name in ("train", "test"))
    neighbours = count_near(test, train, 0)
    sums = sum_near(test, train, train[target.TARGET].to_numpy(), 0)
    found = target.lookup_scores(test[target.TARGET].to_numpy(), sums / np.maximum(neighbours, 1))
    count = int((neighbours > 0).sum())
    return [(f"neighbour_lookup_{name}", count, len(test), value) for name, value in found.items()]


def check_peaks(
    spans: pd.DataFrame, audited: np.ndarray, left_out: pd.DataFrame | None = None
) -> list[Row]:
    """Peaks with spans in more than one split, and those of test that reach into train.

    A peak is a run of audited spans that lie next to each other, of any split or ``left_out`` of
    all: so one that is wider than the gap between two splits is found. Of a peak that is left out
    as a whole nothing is counted. Tiles of a stride longer than a span count as touching.
    """
    counted = spans[audited]
    if left_out is not None and len(left_out):
        counted = _sorted([counted, left_out.assign(split="")])
    joined = counted.assign(label=1, end=counted["end"] + tile_distance(spans))
    peaks = pd.DataFrame({"peak": number_peaks(joined), "split": counted["split"].to_numpy()})
    has = pd.crosstab(peaks["peak"], peaks["split"]) > 0
    has = has.reindex(columns=SPLITS, fill_value=False)
    parts = has.sum(axis=1)
    test = has["test"]
    return [
        share("peaks_cut", int((parts > 1).sum()), int((parts > 0).sum())),
        share("test_peaks_in_train", int((test & has["train"]).sum()), int(test.sum())),
    ]


def tile_distance(spans: pd.DataFrame) -> int:
    """Bases between neighbouring tiles, 0 where they touch or the spans are no tiles.

    Spans are tiles when all starts of a chromosome are whole strides apart. So a stride that is
    longer than a span leaves no peak in pieces of one tile each.
    """
    steps = spans.groupby("chrom", sort=False)["start"].diff()
    steps = steps[steps > 0].astype(int)
    if steps.empty or (steps % steps.min()).any():
        return 0
    return max(int(steps.min() - (spans["end"] - spans["start"]).max()), 0)


def _sorted(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Tables of spans as one: chromosomes together, in the order in which they come first."""
    table = pd.concat(tables, ignore_index=True)
    rank = pd.factorize(table["chrom"])[0]
    order = np.lexsort([table["end"], table["start"], rank])
    return table.iloc[order].reset_index(drop=True)
