"""Examples of sequences hold what the table of sequences holds."""

import numpy as np
import pandas as pd
import pytest

from cisfuse.base import files
from cisfuse.base.files import write_table
from cisfuse.examples.features import check_columns, check_features
from cisfuse.sources.sequences.examples import features, read_columns
from cisfuse.sources.sequences.study import FEATURES
from cisfuse.tasks.activity import target as activity
from cisfuse.tasks.binding import target as binding


def make_table(target) -> pd.DataFrame:
    values = [1, 0, 1] if target is binding else [0.1, -2.5, 7]
    columns = {"name": ["r1", "\u00e9", "chr1:0-5"], target.TARGET: values}
    return pd.DataFrame(columns).assign(
        split=["test", "train", "valid"], sequence=["ACGTN", "TTTTT", "GATTA"]
    )


@pytest.mark.parametrize("rows", [1, 2, 100])
@pytest.mark.parametrize("target", [binding, activity])
def test_pieces_hold_the_rows_of_the_table_in_order(target, rows, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "PIECE_ROWS", rows)
    table = make_table(target)
    write_table(table, tmp_path / "spans.tsv.gz")
    pieces = list(read_columns({"spans": str(tmp_path / "spans.tsv.gz")}, target))
    declared = features(5, target)
    found = {name: [] for name in ("name", "sequence", target.TARGET)}
    for _, columns in pieces:
        check_columns(declared, columns)
        for name, values in columns.items():
            found[name] += list(values)
    assert np.concatenate([splits for splits, _ in pieces]).tolist() == table["split"].tolist()
    assert [name.decode() for name in found["name"]] == table["name"].tolist()
    assert [row.tobytes().decode() for row in found["sequence"]] == table["sequence"].tolist()
    assert found[target.TARGET] == table[target.TARGET].to_numpy(target.DTYPE).tolist()


@pytest.mark.parametrize("target", [binding, activity])
def test_features_are_declared_as_models_read_them(target):
    declared = features(5, target)
    check_features(declared)
    assert [(feature.name, feature.role) for feature in declared] == [
        ("name", "name"),
        ("sequence", "input"),
        (target.TARGET, "target"),
    ]
    assert tuple(feature.name for feature in declared if feature.role == "input") == FEATURES
