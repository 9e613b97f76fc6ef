"""Predictions stand beside the spans that they are of; means are means of the same spans."""

import numpy as np
import pandas as pd
import pytest

from cisfuse.base import files
from cisfuse.base.errors import DamagedFileError
from cisfuse.base.files import read_table, write_table
from cisfuse.examples.features import text_column
from cisfuse.examples.shards import Examples
from cisfuse.prediction.tables import (
    average_pieces,
    example_columns,
    read_predictions,
    table_of,
)
from cisfuse.sources.registry import part_of
from cisfuse.tasks.activity import target as activity
from cisfuse.tasks.binding import target as binding

COLUMNS = ["name", "chrom", "start", "end", "label", "logit"]


def make_spans(count: int) -> pd.DataFrame:
    start = np.arange(count) * 10
    splits = np.random.default_rng(0).choice(["train", "valid", "test"], count)
    return pd.DataFrame(
        {
            "name": [f"chr1:{first}-{first + 10}" for first in start],
            "chrom": "chr1",
            "start": start,
            "end": start + 10,
            "label": start // 10 % 2,
            "split": splits,
            "accessibility": 1.0,
        }
    )


@pytest.fixture
def small_pieces(monkeypatch):
    monkeypatch.setattr(files, "PIECE_ROWS", 7)


def write_predictions(path, logits: np.ndarray) -> str:
    table = make_spans(len(logits))[COLUMNS[:-1]].assign(logit=logits)
    write_table(table, path)
    return str(path)


@pytest.mark.parametrize("count", [0, 5, 7, 20])
def test_means_are_those_of_the_logits(tmp_path, small_pieces, count):
    logits = np.random.default_rng(1).normal(size=(3, count))
    paths = [write_predictions(tmp_path / f"{n}.tsv.gz", row) for n, row in enumerate(logits)]
    found = pd.concat(average_pieces(paths, "logit"))
    assert found.columns.tolist() == COLUMNS
    assert found["name"].tolist() == read_table(paths[0])["name"].tolist()
    np.testing.assert_allclose(found["logit"].to_numpy(float), logits.mean(axis=0))


@pytest.mark.parametrize("rows", [range(14), range(19), [*range(19), 0], range(21)])
def test_tables_of_other_spans_are_not_averaged(tmp_path, small_pieces, rows):
    first = write_predictions(tmp_path / "first.tsv", np.zeros(20))
    second = write_predictions(tmp_path / "second.tsv", np.zeros(21))
    write_table(read_table(second).iloc[list(rows)], second)
    with pytest.raises(DamagedFileError, match=r"(first|second)\.tsv: holds other spans than"):
        list(average_pieces([first, second], "logit"))


def of_sequences(table: pd.DataFrame) -> pd.DataFrame:
    """The same table without coordinates, names that are no places."""
    names = [f"sequence {row}" for row in range(len(table))]
    return table.assign(name=names).drop(columns=["chrom", "start", "end"])


def test_predictions_of_sequences_are_averaged_and_read_with_a_place_each(tmp_path, small_pieces):
    spans = of_sequences(make_spans(20))[["name", "label"]]
    paths = [tmp_path / f"{seed}.tsv.gz" for seed in range(2)]
    for seed, path in enumerate(paths):
        write_table(spans.assign(logit=float(seed)), path)
    mean = pd.concat(average_pieces(paths, "logit"))
    assert mean.columns.tolist() == ["name", "label", "logit"]
    assert (mean["logit"] == 0.5).all()
    found, logits = read_predictions(paths[1], binding)
    assert logits.tolist() == [1.0] * 20
    assert found.columns.tolist() == ["chrom", "start", "end", "label"]
    assert found["chrom"].tolist() == spans["name"].tolist()
    assert found["label"].tolist() == spans["label"].tolist()
    assert found[["start", "end"]].drop_duplicates().to_numpy().tolist() == [[0, 1]]


@pytest.mark.parametrize("placed", [True, False])
def test_predictions_are_read_and_logits_that_are_no_numbers_are_named(tmp_path, placed):
    spans = make_spans(6) if placed else of_sequences(make_spans(6))
    path = tmp_path / "test.tsv"
    table = spans[example_columns(spans, "label")].assign(logit=np.arange(6) / 2)
    write_table(table, path)
    found, logits = read_predictions(path, binding)
    assert logits.tolist() == [0, 0.5, 1, 1.5, 2, 2.5]
    if placed:
        assert found.to_numpy().tolist() == spans[COLUMNS[1:-1]].to_numpy().tolist()
    write_table(table.astype({"logit": object}).replace({"logit": {1.0: "inf"}}), path)
    with pytest.raises(DamagedFileError, match=r"test\.tsv: the logit of row 3 is .*inf.*, not a"):
        read_predictions(path, binding)


def test_the_columns_are_those_that_the_table_has():
    assert example_columns([*COLUMNS, "split"], "label") == COLUMNS[:-1]
    assert example_columns(["name", "label", "split", "sequence"], "label") == ["name", "label"]
    assert example_columns(["chrom", "activity"], "activity")[-1] == "activity"


def test_predictions_of_activities_are_read_and_averaged(tmp_path, small_pieces):
    spans = make_spans(20).drop(columns="label").assign(activity=np.arange(20) / 8)
    paths = [tmp_path / f"{seed}.tsv" for seed in range(2)]
    for seed, path in enumerate(paths):
        table = spans[example_columns(spans, "activity")].assign(predicted=np.arange(20) * seed)
        write_table(table, path)
    found, outputs = read_predictions(paths[1], activity)
    assert found.columns.tolist() == ["chrom", "start", "end", "activity"]
    assert found["activity"].tolist() == spans["activity"].tolist()
    assert outputs.tolist() == list(range(20))
    mean = pd.concat(average_pieces(paths, "predicted"))
    assert mean["predicted"].tolist() == [row / 2 for row in range(20)]
    write_table(table.assign(predicted="x"), paths[1])
    with pytest.raises(DamagedFileError, match=r"1\.tsv: the predicted of row 1 is 'x', not a fi"):
        read_predictions(paths[1], activity)


def examples_of(source: str, target, names: list[str], values: list[float]) -> Examples:
    """Examples with these names and targets, and letters that are all A."""
    features = part_of(source, "examples").features(10, target)
    arrays = {
        "name": text_column(names),
        "sequence": np.full((len(names), 10), ord("A"), np.uint8),
        "accessibility": np.ones(len(names), np.float32),
        target.TARGET: np.array(values, target.DTYPE),
    }
    return Examples(features, {feature.name: arrays[feature.name] for feature in features})


def test_predictions_begin_with_the_names_and_places_of_the_examples():
    names = ["chr1:0-10", "HLA:A*01:20-30"]
    found = table_of(examples_of("spans", binding, names, [1, 0]))
    assert found.columns.tolist() == ["name", "chrom", "start", "end", "label"]
    assert found.to_numpy().tolist() == [
        ["chr1:0-10", "chr1", 0, 10, 1],
        ["HLA:A*01:20-30", "HLA:A*01", 20, 30, 0],
    ]
    found = table_of(examples_of("sequences", activity, ["chr1:0-10", "b"], [0.5, -2]))
    assert found.columns.tolist() == ["name", "activity"]
    assert found.to_numpy().tolist() == [["chr1:0-10", 0.5], ["b", -2.0]]
