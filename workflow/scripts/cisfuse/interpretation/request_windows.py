"""Requests on the genome: the window that each is seen through, and its table.

A window is as long as the model's spans, and lies around the middle of what is asked for.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches

import numpy as np
import pandas as pd

from cisfuse.base.splits import SPLITS
from cisfuse.interpretation.requests import Request
from cisfuse.readers.genome import list_names
from cisfuse.readers.signals import check_means
from cisfuse.readers.spans import span_names

COLUMNS = [
    *("request", "name", "chrom", "start", "end", "allele", "place"),
    *("accessibility", "label", "splits", "sequence"),
]
NO_LABEL, NO_PLACE = -1, -1


def place_requests(
    requests: Sequence[Request],
    length: int,
    *,
    sizes: Mapping[str, int],
    genome: str,
    pieces: Iterable[pd.DataFrame],
    read: Callable[[str], np.ndarray],
    signal: str,
    average: Callable[[pd.DataFrame], np.ndarray],
    spans_only: bool,
) -> pd.DataFrame:
    """The rows of ``requested.tsv``, seen through windows of ``length`` bases.

    sizes: of the chromosomes of the file ``genome``, whose letters ``read`` gives; pieces: of the
    study's table of spans; average: the mean of the file ``signal`` over spans, which is asked for
    none where the study knows all; spans_only: whether that file knows the study's spans alone.
    Raises `ConfigError` for a request that the genome refuses, `InputError` for the signal.
    """
    check_places(requests, sizes, genome)
    starts = window_starts(requests, length)
    spans = spans_near(pieces, requests, starts, length)
    if spans_only:
        starts = windows_on_spans(requests, starts, length, spans)
    check_windows(requests, starts, length, sizes)
    sequences = cut_windows(requests, starts, length, read)
    known = what_is_known(window_table(requests, starts, length), spans, average, signal)
    return request_table(requests, starts, sequences, known)


def check_places(requests: Iterable[Request], sizes: Mapping[str, int], genome: str) -> None:
    """Raise `ConfigError` for a request on no chromosome of the FASTA, or past the end of one."""
    for request in requests:
        if request.chrom not in sizes:
            near = _near_names(request.chrom, sizes)
            raise request.refuse(
                f"{genome} has no chromosome '{request.chrom}'; {near}; correct the request"
            )
        if request.end > sizes[request.chrom]:
            raise request.refuse(
                f"{request.chrom} has {sizes[request.chrom]:,} bases in {genome}; correct the "
                "coordinates, or give those of this genome build"
            )


def _near_names(chrom: str, sizes: Mapping[str, int]) -> str:
    other = chrom.removeprefix("chr") if chrom.startswith("chr") else f"chr{chrom}"
    near = [other] if other in sizes else get_close_matches(chrom, sizes, n=5, cutoff=0.6)
    return f"near are {list_names(near)}" if near else f"there are {list_names(dict(sizes))}"


def window_starts(requests: Sequence[Request], length: int) -> np.ndarray:
    """Start of the window of ``length`` bases around the middle of each request, int64 (n,).

    The window of a span of that very length is the span itself.
    """
    bounds = np.array([(request.start, request.end) for request in requests], np.int64)
    bounds = bounds.reshape(-1, 2)
    return bounds[:, 0] + (bounds[:, 1] - bounds[:, 0] - length) // 2


def check_windows(
    requests: Sequence[Request], starts: np.ndarray, length: int, sizes: Mapping[str, int]
) -> None:
    """Raise `ConfigError` for a window that hangs over an end of its chromosome."""
    for request, start in zip(requests, starts.tolist(), strict=True):
        if start < 0 or start + length > sizes[request.chrom]:
            raise request.refuse(
                f"the window of {length} bases around it, {request.chrom}:{start}-"
                f"{start + length}, hangs over an end of {request.chrom} (0-"
                f"{sizes[request.chrom]}); ask for a place further inside"
            )


def windows_on_spans(
    requests: Sequence[Request], starts: np.ndarray, length: int, spans: pd.DataFrame
) -> np.ndarray:
    """Starts that move the window of each variant to the span that holds it most in the middle.

    For signals that are known for the very spans only. ``spans``: ``chrom start end`` of the
    study's spans; a variant that none of them holds keeps its window. Returns int64 (n,).
    """
    moved = starts.copy()
    for row, request in enumerate(requests):
        if request.is_variant:
            holds = (
                (spans["chrom"] == request.chrom)
                & (spans["start"] <= request.start)
                & (spans["end"] > request.start)
                & (spans["end"] - spans["start"] == length)
            )
            held = spans.loc[holds, "start"].to_numpy(np.int64)
            if len(held):
                moved[row] = held[np.argmin(np.abs(held - starts[row]), keepdims=True)[0]]
    return moved


def cut_windows(
    requests: Sequence[Request],
    starts: np.ndarray,
    length: int,
    read: Callable[[str], np.ndarray],
) -> np.ndarray:
    """The reference sequence of each window, uint8 (n, length), upper case.

    ``read`` gives a chromosome's letters. Raises `ConfigError` when the base at a variant's
    place is not its reference allele.
    """
    sequences = np.empty((len(requests), length), np.uint8)
    for chrom in dict.fromkeys(request.chrom for request in requests):
        letters = read(chrom)
        for row, request in enumerate(requests):
            if request.chrom != chrom:
                continue
            sequences[row] = letters[starts[row] : starts[row] + length]
            there = chr(letters[request.start])
            if request.is_variant and there != request.reference:
                raise request.refuse(
                    f"the genome has {there} at {chrom}:{request.end}, not "
                    f"{request.reference}; correct the alleles (forward strand) or the position "
                    "(1-based), or give those of this genome build"
                )
    return sequences


def spans_near(
    pieces: Iterable[pd.DataFrame], requests: Sequence[Request], starts: np.ndarray, length: int
) -> pd.DataFrame:
    """The study's spans less than ``length`` bases from a window, or on it.

    pieces: of the study's table of spans. Of the spans that a window overlaps none is left out
    when it is moved to another that holds its middle (`windows_on_spans`).
    """
    found = []
    for piece in pieces:
        near = np.zeros(len(piece), bool)
        for request, start in zip(requests, starts, strict=True):
            on_chrom = piece["chrom"] == request.chrom
            after, before = piece["start"] < start + 2 * length, piece["end"] > start - length
            near |= on_chrom & after & before
        found.append(piece[near])
    return pd.concat(found, ignore_index=True)


def splits_of(windows: pd.DataFrame, spans: pd.DataFrame) -> list[str]:
    """The splits whose spans share a base with each window, such as ``train,valid``; or empty.

    windows, spans: ``chrom start end``; spans: ``split`` too.
    """
    found = []
    for window in windows.itertuples():
        overlaps = (
            (spans["chrom"] == window.chrom)
            & (spans["start"] < window.end)
            & (spans["end"] > window.start)
        )
        found.append(
            ",".join(name for name in SPLITS if (spans.loc[overlaps, "split"] == name).any())
        )
    return found


def splits_in(windows: pd.DataFrame, pieces: Iterable[pd.DataFrame]) -> list[str]:
    """`splits_of` for a table of spans that comes in pieces."""
    found: list[set[str]] = [set() for _ in range(len(windows))]
    for piece in pieces:
        for names, here in zip(found, splits_of(windows, piece), strict=True):
            names.update(here.split(","))
    return [",".join(name for name in SPLITS if name in names) for names in found]


def what_is_known(
    windows: pd.DataFrame,
    spans: pd.DataFrame,
    average: Callable[[pd.DataFrame], np.ndarray],
    signal: str,
) -> pd.DataFrame:
    """``accessibility``, ``label`` and ``splits`` of each window.

    windows: ``chrom start end``; spans: those of the study around them. A window that is
    such a span has its accessibility and label; any other has that of ``average``, which reads
    the file ``signal``, and the label `NO_LABEL`. Raises `InputError` where the file says nothing.
    """
    known = windows.merge(spans, "left", on=["chrom", "start", "end"], validate="many_to_one")
    accessibility = known["accessibility"].to_numpy(np.float32, copy=True)
    missing = known["label"].isna().to_numpy()
    if missing.any():
        elsewhere = windows[missing].reset_index(drop=True)
        values = average(elsewhere)
        check_means(values, elsewhere, signal)
        accessibility[missing] = values
    columns = {
        "accessibility": accessibility,
        "label": known["label"].fillna(NO_LABEL).to_numpy(np.int64),
        "splits": splits_of(windows, spans),
    }
    return pd.DataFrame(columns)


def window_table(requests: Sequence[Request], starts: np.ndarray, length: int) -> pd.DataFrame:
    """The windows as a table, ``chrom start end``."""
    chroms = [request.chrom for request in requests]
    return pd.DataFrame({"chrom": chroms, "start": starts, "end": starts + length})


def request_table(
    requests: Sequence[Request], starts: np.ndarray, sequences: np.ndarray, known: pd.DataFrame
) -> pd.DataFrame:
    """The rows of ``requested.tsv``, with `COLUMNS`: one per span, two per variant.

    sequences: uint8 (n, length), of the genome; known: as `what_is_known` gives it, shared by both
    alleles.
    """
    rows = []
    for row, request in enumerate(requests):
        start = int(starts[row])
        place = request.start - start if request.is_variant else NO_PLACE
        alleles = {"span": sequences[row]}
        if request.is_variant:
            changed = sequences[row].copy()
            changed[place] = ord(request.alternative)
            alleles = {"reference": sequences[row], "alternative": changed}
        measured = known.loc[row, ["accessibility", "label", "splits"]]
        for allele, letters in alleles.items():
            where = (request.chrom, start, start + sequences.shape[1], allele, place)
            rows.append((request.text, "", *where, *measured, letters.tobytes().decode()))
    table = pd.DataFrame(rows, columns=COLUMNS)
    table["name"] = span_names(table)
    return table
