"""Examples of spans hold the bases of the genome, and the table's targets and signals."""

import numpy as np
import pandas as pd
import pytest

from cisfuse.base import files
from cisfuse.base.files import write_table
from cisfuse.examples.features import check_columns, check_features
from cisfuse.readers.genome import index_fasta
from cisfuse.sources.spans.examples import SIGNALS, features, read_columns
from cisfuse.sources.spans.study import FEATURES
from cisfuse.tasks.activity import target as activity
from cisfuse.tasks.binding import target as binding

LENGTH = 8
GENOME = {"chr2": "ACGTACGTAATTNNGGCCAA", "chr1": "TTTTGGGGCCCCAAAA"}


@pytest.fixture
def fasta(tmp_path):
    path = tmp_path / "genome.fa"
    path.write_text("".join(f">{chrom}\n{bases.lower()}\n" for chrom, bases in GENOME.items()))
    index_fasta(path, path)
    return str(path)


def make_spans(target) -> pd.DataFrame:
    places = [("chr2", 0), ("chr2", 3), ("chr2", 12), ("chr1", 1), ("chr1", 8)]
    values = [0, 1, 0, 1, 1] if target is binding else [0.1, -2.5, 1e-3, 7, 0.30000001]
    splits = ["train", "valid", "", "test", "train"]
    spans = pd.DataFrame(places, columns=["chrom", "start"])
    spans["end"] = spans["start"] + LENGTH
    spans["name"] = [f"{chrom}:{start}-{start + LENGTH}" for chrom, start in places]
    signal = [0.0, 1.5, 0.1, 3.25, 2]
    return spans.assign(**{target.TARGET: values, "split": splits, "accessibility": signal})


@pytest.mark.parametrize("rows", [1, 2, 3, 100])
@pytest.mark.parametrize("target", [binding, activity])
def test_pieces_hold_the_rows_of_the_table_in_order(target, rows, tmp_path, fasta, monkeypatch):
    monkeypatch.setattr(files, "PIECE_ROWS", rows)
    spans = make_spans(target)
    write_table(spans, tmp_path / "spans.tsv.gz")
    inputs = {"spans": str(tmp_path / "spans.tsv.gz"), "fasta": fasta}
    pieces = list(read_columns(inputs, target))
    declared = features(LENGTH, target)
    for _, columns in pieces:
        check_columns(declared, columns)
    splits = np.concatenate([split for split, _ in pieces])
    assert ["" if split != split else split for split in splits] == spans["split"].tolist()
    names, bases, values, signal = (
        np.concatenate([columns[name] for _, columns in pieces])
        for name in ("name", "sequence", target.TARGET, "accessibility")
    )
    assert [name.decode() for name in names.tolist()] == spans["name"].tolist()
    assert [row.tobytes().decode() for row in bases] == [
        GENOME[chrom][start : start + LENGTH]
        for chrom, start in zip(spans["chrom"], spans["start"], strict=True)
    ]
    assert values.dtype == target.DTYPE
    assert values.tolist() == spans[target.TARGET].to_numpy(target.DTYPE).tolist()
    assert signal.tolist() == spans["accessibility"].to_numpy(np.float32).tolist()


def test_a_table_without_spans_has_no_pieces(tmp_path, fasta):
    write_table(make_spans(binding).iloc[:0], tmp_path / "spans.tsv.gz")
    inputs = {"spans": str(tmp_path / "spans.tsv.gz"), "fasta": fasta}
    assert list(read_columns(inputs, binding)) == []


@pytest.mark.parametrize("target", [binding, activity])
def test_features_are_declared_as_models_read_them(target):
    declared = features(LENGTH, target)
    check_features(declared)
    roles = {feature.name: (feature.role, feature.kind) for feature in declared}
    assert roles == {
        "name": ("place", ""),
        "sequence": ("input", "bases"),
        target.TARGET: ("target", ""),
        "accessibility": ("input", "scalar"),
    }
    inputs = tuple(feature.name for feature in declared if feature.role == "input")
    assert inputs == FEATURES == ("sequence", *SIGNALS)
    assert [feature.name for feature in declared if feature.turns] == ["sequence"]
    (own,) = [feature for feature in declared if feature.role == "target"]
    assert (own.dtype, own.unit) == (target.DTYPE, target.UNIT)
