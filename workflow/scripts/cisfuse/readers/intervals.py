"""Readers of the users' text files: intervals, labelled spans, bedGraphs and signal tables.

Coordinates are 0-based and half-open everywhere; files may be unsorted. Each reader raises
`InputError` with one line that names the file, the line, what is wrong and the fix.
"""

import shlex
from pathlib import Path

import numpy as np
import pandas as pd

from cisfuse.base.splits import SPLITS
from cisfuse.readers.targets import Target
from cisfuse.readers.text import Text, parse_columns, read_text

SPAN_NAME = r"^(?P<chrom>\S+):(?P<start>[0-9]{1,15})-(?P<end>[0-9]{1,15})$"
NARROWPEAK_COLUMNS = 10
COORDINATES = {"chrom": "str", "start": "int64", "end": "int64"}


def read_intervals(path: str | Path, *, allow_empty: bool = False) -> pd.DataFrame:
    """Read a BED or narrowPeak file of peaks, or a blacklist: 3 or more columns.

    Returns ``chrom`` (str), ``start`` and ``end`` (int64), in the order of the file.
    """
    text = read_text(path, "intervals", allow_empty)
    return _parse_intervals(text, COORDINATES)


def read_peaks(path: str | Path) -> pd.DataFrame:
    """Read peaks with their summits, from a BED or from a narrowPeak, which has ten columns.

    Returns `read_intervals`' columns and ``summit`` (int64): the summit's base on the chromosome,
    -1 where the file has none. A narrowPeak's column 10 counts it from the start of the peak.
    """
    text = read_text(path, "intervals")
    if text.columns[0] != NARROWPEAK_COLUMNS:  # column 10 of a BED12 counts blocks
        return _parse_intervals(text, COORDINATES).assign(summit=-1)
    unused = {f"column {number}": "str" for number in range(4, NARROWPEAK_COLUMNS)}
    peaks = _parse_intervals(text, {**COORDINATES, **unused, "summit": "int64"})
    peaks, offset = peaks[[*COORDINATES, "summit"]], peaks["summit"].to_numpy()
    length = (peaks["end"] - peaks["start"]).to_numpy()
    text.check(
        offset >= length,
        lambda row: f"the summit in column 10 is {offset[row]}, the peak has {length[row]} bp",
        f"correct it, or keep the first three columns: cut -f1-3 {shlex.quote(str(path))}",
    )
    return peaks.assign(summit=np.where(offset < 0, -1, peaks["start"].to_numpy() + offset))


def read_blacklist(path: str | Path | None) -> pd.DataFrame:
    """Intervals of a blacklist, as `read_intervals`; none when there is no file."""
    if not path:
        return pd.DataFrame({"chrom": [], "start": [], "end": []})
    return read_intervals(path, allow_empty=True)


def read_sites(path: str | Path) -> pd.DataFrame:
    """Read a BED of known binding sites: 3 columns, or 6 with name, score and strand.

    Returns ``chrom``, ``start``, ``end``, ``site`` (str: the name, or "site"), ``score``
    (float64, NaN where there is none) and ``strand`` (str: +, - or .), in the order of the file.
    """
    text = read_text(path, "sites", allow_empty=True)
    full = len(text.lines) > 0 and text.columns[0] >= 6
    header = {"site": "str", "score": "float64", "strand": "str"} if full else {}
    sites = _parse_intervals(text, {**COORDINATES, **header})
    if not full:
        return sites.assign(site="site", score=np.nan, strand=".")
    text.check(
        ~sites["strand"].isin(["+", "-", "."]).to_numpy(),
        lambda row: f"strand {sites['strand'].iloc[row]!r} in column 6 is not +, - or .",
        f"correct it, or keep the first three columns: cut -f1-3 {shlex.quote(str(path))}",
    )
    return sites


def read_labelled_spans(path: str | Path, target: Target) -> pd.DataFrame:
    """Read a BED of spans with the target in column 4 and, if it has one, a split in column 5.

    Returns ``chrom`` (str), ``start``, ``end`` (int64), the target and, when its first line
    of data has 5 columns or more, ``split`` (str: train, valid or test), in the order of the file.
    A header line is optional. Repeats that agree are dropped; `InputError` when they do not.
    """
    headers = [(*COORDINATES, column) for column in target.COLUMNS]
    text = read_text(path, "spans", optional_headers=headers)
    header = {**COORDINATES, target.TARGET: "str"}
    if text.columns[0] >= 5:
        header["split"] = "str"
    spans = _parse_intervals(text, header)
    cells = spans[target.TARGET]
    values, bad = target.parse(cells)
    if bad.any():
        row = int(np.argmax(bad))
        text.fail(row, *target.describe_bad(cells.iloc[row], " in column 4"))
    spans[target.TARGET] = values
    if "split" in spans:
        text.check(
            ~spans["split"].isin(SPLITS).to_numpy(),
            lambda row: (
                f"split {spans['split'].iloc[row]!r} in column 5 is not train, valid or test"
            ),
            f"correct it, or keep the first four columns: cut -f1-4 {shlex.quote(str(path))}",
        )
    return _drop_repeats(text, spans, list(COORDINATES))


def read_bedgraph(path: str | Path) -> pd.DataFrame:
    """Read a bedGraph: 4 columns, intervals that do not overlap, a finite value.

    Returns ``chrom`` (str), ``start``, ``end`` (int64) and ``value`` (float64), in the order
    of the file.
    """
    text = read_text(path, "intervals")
    table = _parse_intervals(text, {**COORDINATES, "value": "float64"})
    codes = pd.factorize(table["chrom"])[0]
    start, end = table["start"].to_numpy(), table["end"].to_numpy()
    order = np.lexsort((start, codes))
    before, after = order[:-1], order[1:]
    overlaps = (codes[before] == codes[after]) & (start[after] < end[before])
    if overlaps.any():
        # Name the pair whose later line comes first in the file.
        pairs = np.sort(np.stack([before[overlaps], after[overlaps]], axis=1), axis=1)
        earlier, later = pairs[np.argmin(pairs[:, 1])]
        text.fail(
            int(later),
            f"{span_name(table, int(later))} overlaps line {text.lines[earlier]}",
            "merge them, for example by bedtools merge -c 4 -o mean, or remove one",
        )
    return table


def read_signal_table(path: str | Path) -> pd.DataFrame:
    """Read a signal given per span: lines of two columns, ``CHROM:START-END value``.

    Returns ``name`` (str) and ``value`` (float64), in the order of the file. A header line
    ``name value`` is optional. Repeats that agree are dropped; `InputError` when they do not.
    """
    text = read_text(path, "spans", optional_headers=[("name", "value")])
    table = parse_columns(text, {"name": "str", "value": "float64"})
    places = parse_span_names(table["name"])
    text.check(
        (places["end"] <= places["start"]).to_numpy(),
        lambda row: f"{table['name'].iloc[row]!r} is not a span CHROM:START-END",
        "write names like chr22:20208963-20209064, 0-based and without the end",
    )
    return _drop_repeats(text, table, ["name"])


def parse_span_names(names: pd.Series) -> pd.DataFrame:
    """Split names ``chrom:start-end``, (n,) str, into ``chrom``, ``start`` and ``end`` (int64).

    A name of another form gets an empty ``chrom`` and 0 for both coordinates.
    """
    parts = names.str.extract(SPAN_NAME)
    parts = parts.fillna({"chrom": "", "start": "0", "end": "0"})
    return parts.astype({"start": "int64", "end": "int64"})


def _parse_intervals(text: Text, dtypes: dict[str, str]) -> pd.DataFrame:
    table = parse_columns(text, dtypes)
    start, end = table["start"].to_numpy(), table["end"].to_numpy()
    text.check(
        (table["chrom"] == "").to_numpy(dtype=bool),
        lambda row: "no chromosome in column 1",
        "correct or remove the line",
    )
    # Such a name is none of the FASTA, and its intervals would be left out without a word.
    text.check(
        table["chrom"].str.contains(" ", regex=False).to_numpy(dtype=bool),
        lambda row: f"chromosome {table['chrom'].iloc[row]!r} holds a space",
        "remove it, and separate columns by single tabs",
    )
    text.check(
        start < 0, lambda row: f"start {start[row]} is negative", "BED counts from 0; correct it"
    )
    text.check(
        end <= start,
        lambda row: f"end {end[row]} is not after start {start[row]}",
        "correct or remove the line (BED is 0-based, half-open)",
    )
    return table


def _drop_repeats(text: Text, table: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Drop rows that repeat an earlier one; `InputError` when only their ``key`` is the same."""
    table_without_repeats = table[~table.duplicated().to_numpy()]
    again = table_without_repeats.duplicated(key).to_numpy()
    if again.any():
        row = int(table_without_repeats.index[np.argmax(again)])
        same = (table[key] == table.loc[row, key]).all(axis=1).to_numpy()
        place = span_name(table, row) if "chrom" in key else table["name"].iloc[row]
        text.fail(
            row,
            f"{place} is also on line {text.lines[np.argmax(same)]}, with other values",
            "keep one of the two",
        )
    return table_without_repeats.reset_index(drop=True)


def span_name(table: pd.DataFrame, row: int) -> str:
    """Name ``chrom:start-end`` of one row, counted from 0."""
    chrom, start, end = (table[column].iloc[row] for column in COORDINATES)
    return f"{chrom}:{start}-{end}"
