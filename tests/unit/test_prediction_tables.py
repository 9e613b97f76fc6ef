"""Predictions stand beside the spans that they are of; means are means of the same spans."""

import numpy as np
import pandas as pd
import pytest

from cisfuse import files
from cisfuse.errors import DamagedFileError
from cisfuse.files import read_table, write_table
from cisfuse.prediction_tables import COLUMNS, average_pieces, spans_of_examples


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


def names_of(spans: pd.DataFrame) -> dict[str, np.ndarray]:
    return {
        split: np.array([name.encode() for name in spans.loc[spans["split"] == split, "name"]], "S")
        for split in ("test", "train")
    }


@pytest.fixture
def small_pieces(monkeypatch):
    monkeypatch.setattr(files, "PIECE_ROWS", 7)


def test_spans_of_examples_come_split_by_split_in_order(tmp_path, small_pieces):
    spans = make_spans(40)
    write_table(spans, tmp_path / "spans.tsv.gz")
    names = names_of(spans)
    found = list(spans_of_examples(tmp_path / "spans.tsv.gz", "manifest.json", names))
    assert len(found) > 2
    for split in names:
        rows = pd.concat([piece for of, _, piece in found if of == split])
        expected = spans.loc[spans["split"] == split, COLUMNS[:-1]]
        pd.testing.assert_frame_equal(
            rows.reset_index(drop=True), expected.reset_index(drop=True), check_dtype=False
        )
        for of, part, piece in found:
            if of == split:
                assert [name.decode() for name in names[split][part]] == piece["name"].tolist()


@pytest.mark.parametrize("change", ["longer", "shorter", "other"])
def test_examples_of_other_spans_are_refused(tmp_path, small_pieces, change):
    spans = make_spans(40)
    write_table(spans, tmp_path / "spans.tsv.gz")
    names = names_of(spans)
    if change == "longer":
        names["test"] = np.append(names["test"], b"chr2:0-10")
    elif change == "shorter":
        names["test"] = names["test"][:-1]
    else:
        names["train"][3] = b"chr2:0-10"
    with pytest.raises(DamagedFileError, match=r"^manifest\.json: .*spans\.tsv\.gz.* run again"):
        list(spans_of_examples(tmp_path / "spans.tsv.gz", "manifest.json", names))


def write_predictions(path, logits: np.ndarray) -> str:
    table = make_spans(len(logits))[COLUMNS[:-1]].assign(logit=logits)
    write_table(table, path)
    return str(path)


@pytest.mark.parametrize("count", [0, 5, 7, 20])
def test_means_are_those_of_the_logits(tmp_path, small_pieces, count):
    logits = np.random.default_rng(1).normal(size=(3, count))
    paths = [write_predictions(tmp_path / f"{n}.tsv.gz", row) for n, row in enumerate(logits)]
    found = pd.concat(average_pieces(paths))
    assert found.columns.tolist() == COLUMNS
    assert found["name"].tolist() == read_table(paths[0])["name"].tolist()
    np.testing.assert_allclose(found["logit"].to_numpy(float), logits.mean(axis=0))


@pytest.mark.parametrize("rows", [range(14), range(19), [*range(19), 0], range(21)])
def test_tables_of_other_spans_are_not_averaged(tmp_path, small_pieces, rows):
    first = write_predictions(tmp_path / "first.tsv", np.zeros(20))
    second = write_predictions(tmp_path / "second.tsv", np.zeros(21))
    write_table(read_table(second).iloc[list(rows)], second)
    with pytest.raises(DamagedFileError, match=r"(first|second)\.tsv: holds other spans than"):
        list(average_pieces([first, second]))
