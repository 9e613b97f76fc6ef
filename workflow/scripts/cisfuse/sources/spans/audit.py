"""What a split of spans lets a model know of its test beforehand, in numbers.

A table of spans is sorted (chromosomes together, starts rising) and has the columns ``chrom``,
``start``, ``end``, ``split`` and ``target``, as `read_table` gives it; all spans have one length.
Two spans lie next to each other when they touch or overlap. What is counted of them is
``audited``, bool (n_spans,): the positives of binding, all spans of activity.
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import ModuleType

import numpy as np
import pandas as pd

from cisfuse.base import files
from cisfuse.readers.genome import read_chromosome
from cisfuse.readers.spans import count_near, fetch_sequences, sum_near
from cisfuse.sources.sequences.audit import hash_strands
from cisfuse.statistics.ranking import number_peaks

PIECE_SPANS = 50_000  # spans whose sequences are in memory at once
Row = tuple[str, int, int, float]
Read = Callable[[str], np.ndarray]


def audit_sample(inputs: Mapping[str, str], target: ModuleType) -> pd.DataFrame:
    """Audit the table ``inputs["spans"]`` with the genome ``inputs["fasta"]``; see below."""
    columns = ["chrom", "start", "end", "split", target.TARGET]
    spans = files.read_table(inputs["spans"], columns)
    return audit_splits(spans, partial(read_chromosome, inputs["fasta"]), target)


def audit_splits(spans: pd.DataFrame, read: Read, target: ModuleType) -> pd.DataFrame:
    """All checks of a split: ``check``, ``count``, ``of`` and ``value``, a row for each.

    ``value`` is the share ``count / of``, or the score where the check is named after one; it
    is missing where there is nothing to take a share of. ``read`` gives a chromosome's
    upper-case bases, uint8 (length,).
    """
    audited = target.audited(spans[target.TARGET].to_numpy())
    rows = [
        check_neighbours(spans, audited, "test", target.AUDITED),
        check_neighbours(spans, audited, "valid", target.AUDITED),
        *check_lookup(spans, target),
        check_peaks(spans, audited),
        *check_duplicates(spans, audited, read, target.AUDITED),
    ]
    return pd.DataFrame(rows, columns=["check", "count", "of", "value"])


def check_neighbours(spans: pd.DataFrame, audited: np.ndarray, split: str, word: str) -> Row:
    """Audited spans of a split that lie next to one of train, of all that the split has."""
    counted = spans[audited]
    train, others = (counted[counted["split"] == name] for name in ("train", split))
    count = int((count_near(others, train, 0) > 0).sum())
    return _share(f"{split}_{word}s_next_to_train_{word}", count, len(others))


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


def check_peaks(spans: pd.DataFrame, audited: np.ndarray) -> Row:
    """Peaks with spans in more than one split, of all peaks.

    A peak is a run of audited spans of any split that lie next to each other, so that spans that
    were left out between two splits end it.
    """
    numbers = number_peaks(spans.assign(label=audited.astype(np.int64)))[audited]
    peaks = pd.DataFrame({"peak": numbers, "split": spans["split"][audited]})
    splits = peaks.drop_duplicates()["peak"].value_counts()
    return _share("peaks_cut", int((splits > 1).sum()), len(splits))


def check_duplicates(spans: pd.DataFrame, audited: np.ndarray, read: Read, word: str) -> list[Row]:
    """Test spans whose sequence, or its reverse complement, train has too; all and audited.

    A span with any letter but A, C, G and T equals no other: what stands for N is not known.
    """
    hashes, known = hash_sequences(spans, read)
    train, test = ((spans["split"] == name).to_numpy() for name in ("train", "test"))
    repeated = test & known
    repeated[repeated] = np.isin(hashes[repeated], hashes[train & known])
    own = int((repeated & audited).sum()), int((test & audited).sum())
    return [
        _share("duplicate_spans", int(repeated.sum()), int(test.sum())),
        _share(f"duplicate_{word}s", *own),
    ]


def hash_sequences(spans: pd.DataFrame, read: Read) -> tuple[np.ndarray, np.ndarray]:
    """What `hash_strands` gives for each span: uint64 (n_spans,) and bool (n_spans,)."""
    hashes, known = np.empty(len(spans), np.uint64), np.empty(len(spans), bool)
    for chrom, rows in spans.groupby("chrom", sort=False).indices.items():
        bases = read(chrom)
        for first in range(0, len(rows), PIECE_SPANS):
            piece = rows[first : first + PIECE_SPANS]
            sequences = fetch_sequences(spans.iloc[piece], {chrom: bases}.__getitem__)
            hashes[piece], known[piece] = hash_strands(sequences)
    return hashes, known


def _share(check: str, count: int, of: int) -> Row:
    return check, count, of, count / of if of else np.nan
