"""Tables of explained models, as the rules of interpretation write them, made up."""

import numpy as np
import pandas as pd

from cisfuse.interpretation.closed_motifs import COLUMNS as CLOSED
from cisfuse.interpretation.contributions import SCAN
from cisfuse.interpretation.scored_methods import COLUMNS
from cisfuse.report.closed_chromatin import ClosedChromatin
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
        "scan_difference": -0.107,
        "scan_low": -0.15,
        "scan_high": -0.06,
        "compared_spans": 32,
        "random_draws": 3,
        "similarity_random": 0.11,
        "similarity_random_low": 0.09,
        "similarity_random_high": 0.13,
        "replicates": 2,
        "similarity_replicates": 0.55,
        "similarity_replicates_low": 0.53,
        "similarity_replicates_high": 0.56,
    }
    assert list(row) == list(COLUMNS)
    own = {"scan_difference": 0.02, "scan_low": -0.01, "scan_high": 0.05}
    other = {**row, **own, "method": "mutagenesis", "default": 1, "average_precision": 0.898}
    scores = ("spans", "site_spans", "average_precision", "average_precision_shuffled")
    scan = {name: row[name] if name in scores else np.nan for name in row}
    scan |= {"method": SCAN, "default": 0, "average_precision": 0.878}
    return pd.DataFrame([row, other | changes, scan])


def without_scan(table: pd.DataFrame) -> pd.DataFrame:
    """The table of a factor without a matrix."""
    table = table[table["method"] != SCAN].reset_index(drop=True)
    return table.assign(scan_difference=np.nan, scan_low=np.nan, scan_high=np.nan)


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


def make_tables(**changes) -> Tables:
    return Tables(methods(**changes), motifs(), {"note": ""})


def make_closed() -> ClosedChromatin:
    rows = [
        ("fusion_cnn/seed-0", 1.5, 0.412, 0.377, 235, 2, 6, 0),
        ("fusion_cnn/ensemble", 1.4, 0.412, 0.390, 235, 1, 6, 0),
        ("sequence_cnn/seed-0", 0.2, 0.412, 0.405, 235, 80, 6, 3),
        ("raw_accessibility", 0.05, 0.412, 0.399, 235, 0, 6, 0),
        ("matrix_regression", 0.7, 0.412, 0.384, 235, 5, 6, 1),
        ("prevalence", *[np.nan] * 3, 235, np.nan, 6, np.nan),
        ("other_program", 3.0, 0.412, 0.401, 235, 9, 6, 1),
    ]
    facts = {
        "run": "fusion_cnn/seed-0",
        "recall": 0.412,
        "median_accessibility": 0.003696,
        "unit": "raw signal, mean per base of the span",
        "motifs": ["TGACTCA"],
        "closed": {"spans": 241, "bound": 6},
        "open": {"spans": 281, "bound": 28},
        "test": {"spans": 34_528, "bound": 146},
    }
    return ClosedChromatin(pd.DataFrame(rows, columns=CLOSED), facts)
