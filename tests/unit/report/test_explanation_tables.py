"""What the page says of why a model decides is what the tables hold."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
from plain_explanations import make_tables, methods, motifs, without_scan

from cisfuse.base.files import write_table
from cisfuse.report.explanation_tables import (
    MODEL_COLUMNS,
    MOTIF_COLUMNS,
    Tables,
    findings,
    model_rows,
    motif_rows,
    read_found,
)
from cisfuse.report.method_tables import method_findings

SMALL = "6e\N{NON-BREAKING HYPHEN}05"


def test_tables_are_read_back_as_they_were(tmp_path):
    for table in (methods(), motifs(), motifs().iloc[:0]):
        write_table(table, tmp_path / "table.tsv", float_format="%.6g")
        found = read_found(tmp_path / "table.tsv")
        pd.testing.assert_frame_equal(found, table, check_dtype=False)


def test_findings_name_the_default_method_and_its_numbers():
    text = " ".join(findings(make_tables(), ["Of 335 spans 3 are called."]))
    assert "in-silico mutagenesis finds the bases of known sites" in text
    assert "0.898 (shuffled maps: 0.129; 81 spans)" in text
    assert "5.6 times as dense inside matches" in text
    assert "p = 0.0001 against shifted maps, p = 0.0002 against random weights; 70 spans" in text
    assert "first of 2 motifs found in it, TGACTCA (209 seqlets), matches FOS::JUND" in text
    assert text.endswith("Of 335 spans 3 are called.")
    assert "Failed" not in text
    assert " ".join(method_findings(methods())) in text


def test_a_factor_without_a_motif_has_a_sentence_and_no_counts():
    note = "No motif is planted or looked for, since JASPAR has no matrix of EP300."
    tables = make_tables()
    without = replace(tables, choice={**tables.choice, "motifs_note": note})
    text = " ".join(findings(without))
    assert note in text
    assert "closed chromatin" not in text


def test_a_motif_without_a_match_has_no_q_value_anywhere():
    tables = make_tables()
    empty = {"match": "", "id": "", "p": np.nan, "q": np.nan}
    for rank in (1, 2, 3):
        for name, value in empty.items():
            tables.motifs.loc[0, f"{name}_{rank}"] = value
    (sentence,) = [text for text in findings(tables) if "motifs found in it" in text]
    assert sentence.endswith("TGACTCA (209 seqlets), matches nothing in JASPAR.")
    assert motif_rows(tables.motifs)[0][3:] == ["", "", ""]
    (row,) = model_rows({"fusion_cnn": tables})
    assert row[3:6] == ["TGACTCA", "\N{EN DASH}", "\N{EN DASH}"]
    text = " ".join([*findings(tables), *row, *motif_rows(tables.motifs)[0]])
    assert "nan" not in text


def test_what_cannot_be_said_is_left_out():
    missing = {"average_precision": np.nan, "enrichment": np.nan}
    tables = Tables(
        without_scan(methods(**missing)).assign(similarity_random=np.nan),
        motifs().iloc[:0],
        {"note": "Too few seqlets."},
    )
    assert findings(tables) == ["Too few seqlets."]
    assert findings(tables, unit="sequence") == ["Too few seqlets."]
    sites_only = " ".join(findings(make_tables(enrichment=np.nan)))
    assert "known sites" in sites_only
    assert "times as dense" not in sites_only


def test_one_example_is_called_by_its_name():
    of_spans, of_sequences = (findings(make_tables(), (), unit) for unit in ("span", "sequence"))
    assert [re.sub(r"\bspan(s?)\b", r"sequence\1", text) for text in of_spans] == of_sequences
    assert "81 sequences)" in of_sequences[0]
    assert "as over the sequence (p" in of_sequences[0]


def test_motifs_become_cells():
    rows = motif_rows(motifs())
    assert all(len(row) == len(MOTIF_COLUMNS) for row in rows)
    assert rows[0] == ["1", "TGACTCA", "209", "FOS::JUND (MA1141.2)", SMALL, f"FOSL1 ({SMALL})"]
    assert rows[1][1] == "TGACGTCA (against binding)"


def test_models_stand_side_by_side():
    without = Tables(methods(), motifs().iloc[:0], {"note": "Too few."})
    models = {"fusion_cnn": make_tables(), "sequence_cnn": without}
    rows = model_rows(models)
    assert all(len(row) == len(MODEL_COLUMNS) for row in rows)
    assert rows[0] == ["fusion CNN", "0.898", "5.63", "TGACTCA", "FOS::JUND", SMALL]
    assert rows[1][3:6] == ["\N{EN DASH}"] * 3
