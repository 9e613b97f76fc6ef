"""A table of spans comes together from its parts and is written whole."""

import numpy as np
import pandas as pd
import pytest

from cisfuse.base import files
from cisfuse.base.errors import DamagedFileError
from cisfuse.base.files import read_table, write_table
from cisfuse.sources.spans import tables
from cisfuse.sources.spans.tables import read_parts, write_spans
from cisfuse.sources.survey import survey_splits


def write_part(folder, name: str, starts: list[int], values: list[float]) -> tuple[str, str]:
    paths = str(folder / f"{name}.spans.tsv.gz"), str(folder / f"{name}.signals.tsv.gz")
    start = pd.Series(starts, dtype="int64")
    spans = pd.DataFrame({"chrom": name, "start": start, "end": start + 10, "label": start % 2})
    write_table(spans, paths[0])
    write_table(pd.DataFrame({"accessibility": pd.Series(values, dtype="float32")}), paths[1])
    return paths


def test_parts_are_joined_in_order_and_written_with_names(tmp_path, monkeypatch):
    """The part in the middle is of a chromosome without spans."""
    monkeypatch.setattr(tables, "PIECE_ROWS", 2)
    parts = [
        write_part(tmp_path, "chr2", [5, 20, 35], [0.5, 0.0, 0.25]),
        write_part(tmp_path, "chr10", [], []),
        write_part(tmp_path, "chr1", [0, 11], [1.0, 2.0]),
    ]
    spans = read_parts(*zip(*parts, strict=True))
    spans = spans.assign(split=["train", "valid", "test"] * 1 + ["train"] * 2)
    write_spans(spans, "label", tmp_path / "x.gz")
    found = read_table(tmp_path / "x.gz")
    assert found.columns.tolist() == [
        "name",
        "chrom",
        "start",
        "end",
        "label",
        "split",
        "accessibility",
    ]
    assert found["name"].tolist() == [
        "chr2:5-15",
        "chr2:20-30",
        "chr2:35-45",
        "chr1:0-10",
        "chr1:11-21",
    ]
    assert found["accessibility"].tolist() == [0.5, 0.0, 0.25, 1.0, 2.0]
    assert found["label"].tolist() == [1, 0, 1, 0, 1]


def test_parts_of_different_lengths_are_refused(tmp_path):
    spans, signals = write_part(tmp_path, "chr1", [0, 10], [1.0])
    with pytest.raises(DamagedFileError, match=r"signals.tsv.gz: 1 rows, .*spans.tsv.gz has 2;"):
        read_parts([spans], [signals])


def test_splits_are_counted_and_train_is_gathered_in_order(tmp_path, monkeypatch):
    """A piece whose values are whole numbers is among them."""
    monkeypatch.setattr(files, "PIECE_ROWS", 3)
    generator = np.random.default_rng(0)
    splits = generator.choice(["train", "valid"], 20)
    table = pd.DataFrame({"name": "x", "split": splits, "accessibility": generator.random(20)})
    table.loc[3:5, "accessibility"] = [0, 1, 2]
    write_table(table, tmp_path / "spans.tsv.gz")
    counts, train = survey_splits(tmp_path / "spans.tsv.gz", ["accessibility"])
    assert counts["test"] == 0
    assert dict(counts) == table["split"].value_counts().to_dict()
    whole = read_table(tmp_path / "spans.tsv.gz").query("split == 'train'")
    np.testing.assert_array_equal(train["accessibility"], whole["accessibility"])
    assert survey_splits(tmp_path / "spans.tsv.gz", [])[1] == {}


def test_the_column_that_is_predicted_is_the_tasks(tmp_path):
    start = np.array([5, 20])
    spans = pd.DataFrame({"chrom": "chr1", "start": start, "end": start + 10})
    spans = spans.assign(accessibility=[0.5, 1.0], activity=[-0.25, 3.0], split="train")
    write_spans(spans, "activity", tmp_path / "spans.tsv.gz")
    found = read_table(tmp_path / "spans.tsv.gz")
    columns = ["name", "chrom", "start", "end", "activity", "split", "accessibility"]
    assert found.columns.tolist() == columns
    assert found["activity"].tolist() == [-0.25, 3.0]
