"""The table of labelled sequences, which has no coordinates, and coordinates of their own."""

import pandas as pd


def placed(table: pd.DataFrame) -> pd.DataFrame:
    """A table with coordinates as it is; to one of labelled sequences its own are given.

    Each sequence is a chromosome by its name, from 0 to its length, or to 1 where the table has
    no column ``sequence``; so each is a block and a peak of its own.
    """
    if "chrom" in table:
        return table
    ends = table["sequence"].str.len() if "sequence" in table else 1
    return table.assign(chrom=table["name"], start=0, end=ends)
