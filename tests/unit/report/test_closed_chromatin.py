"""What the page says of motifs in closed chromatin is what the table holds, at one recall."""

from dataclasses import replace

import pytest
from plain_explanations import make_closed

from cisfuse.report.closed_chromatin import CLOSED_COLUMNS, closed_rows, closed_sentences

READS = {
    "fusion_cnn": ["sequence", "accessibility"],
    "sequence_cnn": ["sequence"],
    "matrix_regression": ["sequence", "accessibility"],
    "raw_accessibility": ["accessibility"],
    "prevalence": [],
}


def test_the_truth_stands_first_with_the_accessibility_and_its_unit():
    truth, tendency, calls = closed_sentences(make_closed(), READS)
    assert truth == (
        "Of 241 test spans that hold one of the motifs in closed chromatin "
        "(accessibility of at most 0.0037, the median of train; raw signal, mean per base of the "
        "span) 6 (2.5 %) are bound; of 281 in open chromatin 28 (10 %) are, of all 34,528 test "
        "spans 146 (0.4 %) are."
    )
    assert "tendency" in tendency
    assert calls.startswith("At thresholds that find 41.2 % of the bound spans of valid")


def test_rivals_are_those_that_read_what_the_main_model_reads():
    calls = closed_sentences(make_closed(), READS)[-1]
    assert "the fusion CNN calls 2 of the 235 unbound ones bound and 0 of the 6 bound ones" in calls
    assert "the matrix regression 5 and 1" in calls
    for other in ("sequence CNN", "ensemble", "raw accessibility", "prevalence", "other program"):
        assert other not in calls
    program = closed_sentences(make_closed(), READS | {"other_program": ["sequence"]})
    assert program[-1] == calls


def test_a_motif_that_is_never_bound_is_no_tendency():
    closed = make_closed()
    facts = closed.facts | {"closed": {"spans": 56, "bound": 0}}
    text = " ".join(closed_sentences(replace(closed, facts=facts), READS))
    assert "none is bound; of 281" in text
    assert "tendency" not in text


def test_without_such_spans_nothing_is_said():
    closed = make_closed()
    nothing = replace(closed, facts=closed.facts | {"closed": {"spans": 0, "bound": 0}})
    assert closed_sentences(nothing, READS) == []
    assert closed_rows(nothing) == []


def test_a_main_model_that_ranks_nothing_has_no_calls():
    closed = make_closed()
    table = closed.table.assign(threshold=float("nan"))
    assert len(closed_sentences(replace(closed, table=table), READS)) == 2


def test_every_entry_that_ranks_is_a_row():
    rows = closed_rows(make_closed())
    assert all(len(row) == len(CLOSED_COLUMNS) for row in rows)
    names = [row[0] for row in rows]
    assert names == [
        *("fusion CNN", "fusion CNN, ensemble", "sequence CNN"),
        *("raw accessibility", "matrix regression", "other program"),
    ]
    assert rows[0][1:] == ["0.41", "0.38", "2 of 235", "0 of 6"]


@pytest.mark.parametrize("unit", ["span", "sequence"])
def test_one_example_is_called_by_its_name(unit):
    text = " ".join(closed_sentences(make_closed(), READS, unit))
    assert f"test {unit}s that hold" in text
