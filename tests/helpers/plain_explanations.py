"""Tables of explained models, as the rules of interpretation write them, made up."""

import numpy as np
import pandas as pd

from cisfuse.interpretation.method_scores import COLUMNS
from cisfuse.report.explanation_tables import Tables


def methods(**changes) -> pd.DataFrame:
    row = {
        "method": "gradient",
        "default": 0,
        "spans": 109,
        "site_spans": 81,
        "average_precision": 0.771,
        "average_precision_shuffled": 0.129,
        "matched_spans": 70,
        "enrichment": 5.63,
        "enrichment_shuffled": 1.004,
        "p_shuffled": 1e-4,
        "enrichment_randomised": 1.21,
        "p_randomised": 2e-4,
        "similarity_randomised": 0.11,
        "failed": 0,
        "completeness_within": np.nan,
        "completeness_error_max": np.nan,
    }
    assert list(row) == list(COLUMNS)
    other = {**row, "method": "mutagenesis", "default": 1, "average_precision": 0.898} | changes
    return pd.DataFrame([row, other])


def motifs() -> pd.DataFrame:
    rows = [
        (1, "positive", 209, 30, "TGACTCA", *("FOS::JUND", "MA1141.2", 1e-7, 5.6e-5)),
        (2, "negative", 41, 30, "TGACGTCA", *("ATF3", "MA0605.3", 1e-8, 1.4e-5)),
    ]
    columns = ["pattern", "sign", "seqlets", "width", "consensus"]
    table = pd.DataFrame(rows, columns=[*columns, "match_1", "id_1", "p_1", "q_1"])
    table["match_2"], table["id_2"], table["p_2"], table["q_2"] = "FOSL1", "MA0477.3", 1e-6, 6e-5
    table["match_3"], table["id_3"], table["p_3"], table["q_3"] = "", "", np.nan, np.nan
    return table


CHOICE = {
    "median_accessibility": 0.4,
    "closed_motif": {"spans": 335, "called_bound": 3},
}


def make_tables(**changes) -> Tables:
    return Tables(methods(**changes), motifs(), {"note": ""}, CHOICE)
