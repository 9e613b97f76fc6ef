"""Rows of ``requested.tsv`` for tests."""

import pandas as pd

from cisfuse.interpretation.request_windows import COLUMNS

LENGTH, START, PLACE = 31, 1000, 15


def make_rows(site: str, at: int, alternative: str) -> pd.DataFrame:
    """A variant at `PLACE` of a window of C and A that holds a site from ``at`` on."""
    letters = list(("CA" * LENGTH)[:LENGTH])
    letters[at : at + len(site)] = site
    changed = [*letters[:PLACE], alternative, *letters[PLACE + 1 :]]
    values = {
        **{"request": f"chr1:1016:{letters[PLACE]}>{alternative}", "name": "chr1:1000-1031"},
        **{"chrom": "chr1", "start": START, "end": START + LENGTH, "place": PLACE},
        **{"accessibility": 2.0, "label": -1, "splits": ""},
    }
    rows = [
        {**values, "allele": "reference", "sequence": "".join(letters)},
        {**values, "allele": "alternative", "sequence": "".join(changed)},
    ]
    return pd.DataFrame(rows)[COLUMNS]
