"""Methods of attribution stand beside the scan and beside other seeds, in cells and in words."""

import numpy as np
import pytest
from plain_explanations import methods, without_scan

from cisfuse.interpretation.contributions import SCAN
from cisfuse.interpretation.methods import METHODS
from cisfuse.report.method_tables import (
    METHOD_COLUMNS,
    METHOD_NAMES,
    method_findings,
    method_rows,
    trust_sentences,
)

DASH, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"


def test_methods_become_cells():
    (cells, default, failed), (others, is_default, _), (scan, *marks) = method_rows(
        methods(completeness_within=0.995)
    )
    assert len(cells) == len(METHOD_COLUMNS)
    assert cells[:3] == ["gradient", "0.771", "0.129"]
    assert cells[3] == f"{MINUS}0.107 [{MINUS}0.150, {MINUS}0.060]"
    assert cells[4:7] == ["5.63", "1.00 (0.0001)", "1.21 (0.0002)"]
    assert cells[7:] == ["0.11 (0.09 to 0.13)", "0.55 (0.53 to 0.56)", DASH]
    assert not default
    assert not failed
    assert is_default
    assert others[0] == "in-silico mutagenesis (pictures, motifs)"
    assert others[3] == f"+0.020 [{MINUS}0.010, +0.050]".replace("+0.050", "0.050")
    assert others[-1] == "100\N{NO-BREAK SPACE}%"
    assert scan == [METHOD_NAMES[SCAN], "0.878", "0.129", *[DASH] * 7]
    assert marks == [False, False]


def test_a_method_below_the_scan_is_named():
    text = " ".join(method_findings(methods()))
    assert "a plain scan with the factor's matrices" in text
    assert text.endswith("an average precision of 0.878; below it: gradient.")
    both = " ".join(method_findings(methods(scan_difference=-0.02)))
    assert "below it: gradient, in-silico mutagenesis." in both
    none = " ".join(method_findings(methods().assign(scan_difference=0.1)))
    assert "below it: no method." in none


def test_the_interval_tells_what_is_better_and_worse_than_the_scan():
    text = " ".join(trust_sentences(methods()))
    assert f"Worse than a scan: gradient ({MINUS}0.107 [{MINUS}0.150, {MINUS}0.060])." in text
    assert "not to be told apart from a scan: in-silico mutagenesis (+0.020 [" in text
    assert "better" not in text
    better = " ".join(trust_sentences(methods(scan_low=0.001)))
    assert "better than a scan with the factor's matrices: in-silico mutagenesis" in better


def test_without_a_matrix_or_known_sites_there_is_no_scan():
    nowhere = methods().assign(average_precision=np.nan, scan_difference=np.nan)
    for table in (without_scan(methods()), nowhere):
        assert "scan" not in " ".join([*method_findings(table), *trust_sentences(table)])
    assert [row[0][3] for row in method_rows(without_scan(methods()))] == [DASH] * 2


def test_the_likeness_of_replicates_stands_beside_that_of_random_weights():
    text = " ".join(trust_sentences(methods()))
    assert "random weights at 0.11, 0.09 to 0.13 (3 draws)" in text
    assert "from 2 other seeds at 0.55, 0.53 to 0.56. The latter is what models" in text
    poor = {"similarity_replicates_low": 0.1, "similarity_replicates": 0.12}
    text = " ".join(trust_sentences(methods(**poor)))
    assert "So trainings have no more in common than random weights do" in text


def test_one_seed_is_said_to_have_no_replicate():
    none = {name: np.nan for name in methods() if name.startswith("similarity_replicates")}
    table = methods(replicates=0, **none)
    text = " ".join(trust_sentences(table))
    assert "trained from one seed, so there is no replicate" in text
    assert method_rows(table)[1][0][8] == DASH


def test_a_failed_method_is_named_and_marked():
    table = methods(failed=1, similarity_random=0.73)
    assert method_findings(table)[-1].startswith(
        "Failed: in-silico mutagenesis. Random weights give"
    )
    rows = method_rows(table)
    assert [failed for *_, failed in rows] == [False, True, False]
    assert rows[1][0][7].endswith(", FAILED")


@pytest.mark.parametrize("method", METHOD_NAMES)
def test_every_method_has_a_name(method):
    assert {*METHODS, SCAN} == set(METHOD_NAMES)
    assert method in {*METHODS, SCAN}
