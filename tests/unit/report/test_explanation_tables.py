"""What the page says of why a model decides is what the tables hold."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from plain_explanations import make_tables, methods, motifs

from cisfuse.base.files import write_table
from cisfuse.report.explanation_tables import (
    METHOD_COLUMNS,
    METHOD_NAMES,
    MOTIF_COLUMNS,
    Tables,
    findings,
    method_rows,
    model_columns,
    model_rows,
    motif_rows,
    read_found,
)

SMALL = "6e\N{NON-BREAKING HYPHEN}05"


def test_tables_are_read_back_as_they_were(tmp_path):
    for table in (methods(), motifs(), motifs().iloc[:0]):
        write_table(table, tmp_path / "table.tsv", float_format="%.6g")
        found = read_found(tmp_path / "table.tsv")
        pd.testing.assert_frame_equal(found, table, check_dtype=False)


def test_findings_name_the_default_method_and_its_numbers():
    text = " ".join(findings(make_tables()))
    assert "in-silico mutagenesis finds the bases of known sites" in text
    assert "0.898 (shuffled maps: 0.129; 81 spans)" in text
    assert "5.6 times as dense inside matches" in text
    assert "p = 0.0001 against shifted maps, p = 0.0002 against random weights; 70 spans" in text
    assert "first of 2 motifs found in it, TGACTCA (209 seqlets), matches FOS::JUND" in text
    assert "Of 335 unbound test spans" in text
    assert "calls 3 bound" in text
    assert "Failed" not in text


def test_a_factor_without_a_motif_has_a_sentence_and_no_counts():
    note = "No motif is planted or looked for, since JASPAR has no matrix of EP300."
    tables = make_tables()
    without = replace(tables, choice={**tables.choice, "motifs_note": note})
    text = " ".join(findings(without))
    assert note in text
    assert "closed chromatin" not in text


def test_what_cannot_be_said_is_left_out():
    missing = {"average_precision": np.nan, "enrichment": np.nan}
    tables = Tables(
        methods(**missing),
        motifs().iloc[:0],
        {"note": "Too few seqlets."},
        {"closed_motif": {"spans": 0, "called_bound": 0}},
    )
    assert findings(tables) == ["Too few seqlets."]
    assert findings(tables, "sequence") == ["Too few seqlets."]
    sites_only = " ".join(findings(make_tables(enrichment=np.nan)))
    assert "known sites" in sites_only
    assert "times as dense" not in sites_only


def test_one_example_is_called_by_its_name():
    of_spans, of_sequences = (findings(make_tables(), unit) for unit in ("span", "sequence"))
    assert [re.sub(r"\bspan(s?)\b", r"sequence\1", text) for text in of_spans] == of_sequences
    assert "81 sequences)" in of_sequences[0]
    assert "as over the sequence (p" in of_sequences[0]
    assert "335 unbound test sequences that" in of_sequences[-1]


def test_a_failed_method_is_named_and_marked():
    tables = make_tables(failed=1, similarity_randomised=0.73)
    assert findings(tables)[-1].startswith("Failed: in-silico mutagenesis. Random weights give")
    rows = method_rows(tables.methods)
    assert [failed for *_, failed in rows] == [False, True]
    assert rows[1][0][6] == "0.730, FAILED"


def test_methods_become_cells():
    (cells, default, failed), (others, is_default, _) = method_rows(
        methods(completeness_within=0.995)
    )
    assert len(cells) == len(METHOD_COLUMNS)
    assert cells[:4] == ["gradient", "0.771", "0.129", "5.63"]
    assert cells[4:] == ["1.00 (0.0001)", "1.21 (0.0002)", "0.110", "\N{EN DASH}"]
    assert not default
    assert not failed
    assert is_default
    assert others[0] == "in-silico mutagenesis (pictures, motifs)"
    assert others[-1] == "100\N{NO-BREAK SPACE}%"


def test_motifs_become_cells():
    rows = motif_rows(motifs())
    assert all(len(row) == len(MOTIF_COLUMNS) for row in rows)
    assert rows[0] == ["1", "TGACTCA", "209", "FOS::JUND (MA1141.2)", SMALL, f"FOSL1 ({SMALL})"]
    assert rows[1][1] == "TGACGTCA (against binding)"


def test_models_stand_side_by_side():
    without = Tables(methods(), motifs().iloc[:0], {"note": "Too few."}, make_tables().choice)
    models = {"fusion_cnn": make_tables(), "sequence_cnn": without}
    rows = model_rows(models)
    assert all(len(row) == len(model_columns(models)) for row in rows)
    assert model_columns(models)[-1] == "Motifs in closed chromatin called bound"
    assert rows[0] == ["fusion CNN", "0.898", "5.63", "TGACTCA", "FOS::JUND", SMALL, "3 of 335"]
    assert rows[1][3:6] == ["\N{EN DASH}"] * 3


def test_labelled_sequences_have_no_closed_chromatin():
    """As the rule choose_spans writes its choice for them."""
    choice = {"median_accessibility": None, "closed_motif": {"spans": 0, "called_bound": 0}}
    tables = Tables(methods(), motifs(), {"note": ""}, choice)
    assert "chromatin" not in " ".join(findings(tables))
    models = {"tfbs_cnn": tables, "tfbs_cnn_deep": tables}
    assert model_columns(models)[-1] == "q"
    rows = model_rows(models)
    assert rows[0] == ["tfbs CNN", "0.898", "5.63", "TGACTCA", "FOS::JUND", SMALL]


@pytest.mark.parametrize("method", METHOD_NAMES)
def test_every_method_has_a_name(method):
    from cisfuse.interpretation.methods import METHODS

    assert set(METHODS) == set(METHOD_NAMES)
    assert method in METHODS
