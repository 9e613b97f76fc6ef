"""What a split lets a model know of its test beforehand, in numbers.

A table of spans is sorted (chromosomes together, starts rising) and has the columns ``chrom``,
``start``, ``end``, ``label`` and ``split``, as ``spans.tsv.gz`` does; all spans have one length.
Two spans lie next to each other when they touch or overlap. Labelled sequences have no place:
`cisfuse.sources.sequence_audit` has what is checked of them.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, roc_auc_score

from cisfuse.readers.spans import count_near, fetch_sequences
from cisfuse.sources.sequence_audit import audit_sequences, hash_strands
from cisfuse.statistics.ranking import number_peaks

PIECE_SPANS = 50_000  # spans whose sequences are in memory at once
Row = tuple[str, int, int, float]


def audit_splits(
    spans: pd.DataFrame, read_chromosome: Callable[[str], np.ndarray] | None
) -> pd.DataFrame:
    """All checks of a split: ``check``, ``count``, ``of`` and ``value``, a row for each.

    ``value`` is the share ``count / of``, or the score where the check is named after one; it
    is missing where there is nothing to take a share of. ``read_chromosome`` gives a
    chromosome's upper-case bases, uint8 (length,); it is None where ``spans`` are sequences.
    """
    if read_chromosome is None:
        rows = [_share(*found) for found in audit_sequences(spans)]
    else:
        rows = [
            check_neighbours(spans, "test"),
            check_neighbours(spans, "valid"),
            *check_lookup(spans),
            check_peaks(spans),
            *check_duplicates(spans, read_chromosome),
        ]
    return pd.DataFrame(rows, columns=["check", "count", "of", "value"])


def check_neighbours(spans: pd.DataFrame, split: str) -> Row:
    """Positives of a split that lie next to a positive of train, of all its positives."""
    bound = spans[spans["label"] == 1]
    train, positives = (bound[bound["split"] == name] for name in ("train", split))
    count = int((count_near(positives, train, 0) > 0).sum())
    return _share(f"{split}_positives_next_to_train_positive", count, len(positives))


def check_lookup(spans: pd.DataFrame) -> list[Row]:
    """Score test by looking up the labels of neighbours, with no model at all.

    The score of a test span is the mean label of the train spans next to it, 0 where there is
    none. ``count`` are the test spans that have one. Where none has, all scores are equal:
    ROC-AUC is 0.5 and average precision is the prevalence.
    """
    train, test = (spans[spans["split"] == name] for name in ("train", "test"))
    neighbours = count_near(test, train, 0)
    scores = count_near(test, train[train["label"] == 1], 0) / np.maximum(neighbours, 1)
    labels, count = test["label"].to_numpy(), int((neighbours > 0).sum())
    roc_auc = float(roc_auc_score(labels, scores))
    average_precision = float(average_precision_score(labels, scores))
    return [
        ("neighbour_lookup_roc_auc", count, len(test), roc_auc),
        ("neighbour_lookup_average_precision", count, len(test), average_precision),
    ]


def check_peaks(spans: pd.DataFrame) -> Row:
    """Peaks with spans in more than one split, of all peaks.

    A peak is a run of positives of any split that lie next to each other, so that spans that
    were left out between two splits end it.
    """
    bound = (spans["label"] == 1).to_numpy()
    peaks = pd.DataFrame({"peak": number_peaks(spans)[bound], "split": spans["split"][bound]})
    splits = peaks.drop_duplicates()["peak"].value_counts()
    return _share("peaks_cut", int((splits > 1).sum()), len(splits))


def check_duplicates(
    spans: pd.DataFrame, read_chromosome: Callable[[str], np.ndarray]
) -> list[Row]:
    """Test spans whose sequence, or its reverse complement, train has too; all and positives.

    A span with any letter but A, C, G and T equals no other: what stands for N is not known.
    """
    hashes, known = hash_sequences(spans, read_chromosome)
    train, test = ((spans["split"] == name).to_numpy() for name in ("train", "test"))
    repeated = test & known
    repeated[repeated] = np.isin(hashes[repeated], hashes[train & known])
    bound = (spans["label"] == 1).to_numpy()
    return [
        _share("duplicate_spans", int(repeated.sum()), int(test.sum())),
        _share("duplicate_positives", int((repeated & bound).sum()), int((test & bound).sum())),
    ]


def hash_sequences(
    spans: pd.DataFrame, read_chromosome: Callable[[str], np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """What `hash_strands` gives for each span: uint64 (n_spans,) and bool (n_spans,)."""
    hashes, known = np.empty(len(spans), np.uint64), np.empty(len(spans), bool)
    for chrom, rows in spans.groupby("chrom", sort=False).indices.items():
        bases = read_chromosome(chrom)
        for first in range(0, len(rows), PIECE_SPANS):
            piece = rows[first : first + PIECE_SPANS]
            sequences = fetch_sequences(spans.iloc[piece], {chrom: bases}.__getitem__)
            hashes[piece], known[piece] = hash_strands(sequences)
    return hashes, known


def _share(check: str, count: int, of: int) -> Row:
    return check, count, of, count / of if of else np.nan
