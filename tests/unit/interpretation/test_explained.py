"""The threshold, the outcomes and the roles of spans that are explained."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from example_builders import span_examples, write_examples
from sklearn.metrics import f1_score

from cisfuse.base.errors import DamagedFileError
from cisfuse.base.files import write_table
from cisfuse.interpretation import explained
from cisfuse.interpretation.explained import (
    best_threshold,
    choose_roles,
    choose_spans,
    examples_of,
    gather,
    in_step,
    outcomes,
    read_arrays,
)


def test_the_threshold_has_the_best_f1_of_all():
    generator = np.random.default_rng(3)
    labels = (generator.random(300) < 0.1).astype(int)
    logits = np.round(labels + generator.normal(0, 1, 300), 1)
    threshold, f1 = best_threshold(labels, logits)
    every = {value: f1_score(labels, logits >= value) for value in np.unique(logits)}
    assert f1 == pytest.approx(max(every.values()))
    assert every[threshold] == pytest.approx(f1)
    assert 0 < f1 < 1


def test_a_logit_at_the_threshold_counts_as_bound():
    labels, logits = np.array([1, 1, 0, 0]), np.array([0.5, 0.4, 0.5, 0.4])
    assert outcomes(labels, logits, 0.5).tolist() == [
        *("true_positive", "false_negative", "false_positive", "true_negative")
    ]


def make_spans(count: int = 4000):
    generator = np.random.default_rng(5)
    splits = generator.choice(["train", "valid", "test"], count)
    labels = (generator.random(count) < 0.2).astype(int)
    labels[splits != "test"] = 1
    logits = labels + generator.normal(0, 1, count)
    return splits, outcomes(labels, logits, 1.0), labels, logits, generator.random(count) < 0.3


def test_roles_are_what_they_say():
    splits, outcome, labels, logits, closed = make_spans()
    roles = choose_roles(splits, outcome, labels, logits, closed, most=10_000, seed=0)
    test = splits == "test"
    assert ((roles == "positive") == (labels == 1)).all()
    assert ((roles == "false_positive") == (test & (outcome == "false_positive"))).all()
    for role, mask in (("closed_motif", closed), ("background", ~closed)):
        assert (roles == role).sum() == explained.SMALL_ROLE
        assert (test & (outcome == "true_negative") & mask)[roles == role].all()


def test_too_many_are_drawn_but_none_of_the_extremes_of_test_is_left_out():
    splits, outcome, labels, logits, closed = make_spans()
    roles = choose_roles(splits, outcome, labels, logits, closed, most=60, seed=0)
    assert ((roles == "positive") & (splits == "test")).sum() == 60
    assert ((roles == "positive") & (splits != "test")).sum() == 60
    assert (roles == "false_positive").sum() == 60
    positives = np.flatnonzero((labels == 1) & (splits == "test"))
    order = positives[np.argsort(logits[positives])]
    assert (roles[order[:20]] == "positive").all()
    assert (roles[order[-20:]] == "positive").all()
    assert (roles[order[20:-20]] == "positive").sum() == 20
    again = choose_roles(splits, outcome, labels, logits, closed, most=60, seed=0)
    other = choose_roles(splits, outcome, labels, logits, closed, most=60, seed=1)
    assert (roles == again).all()
    assert (roles != other).any()


LENGTH = 12


def make_study(tmp_path, signals=("accessibility",)):
    """Shards of three splits, and a table of predictions of each."""
    generator = np.random.default_rng(2)
    splits, tables, sequences = {}, {}, {}
    for number, split in enumerate(("train", "valid", "test")):
        count = 20
        spans = pd.DataFrame({"start": number * 1000 + np.arange(count) * LENGTH, "chrom": "chr1"})
        spans["end"] = spans["start"] + LENGTH
        spans["name"] = [f"chr1:{row.start}-{row.end}" for row in spans.itertuples()]
        spans["label"] = (generator.random(count) < 0.4).astype(int)
        spans["accessibility"] = generator.random(count).astype(np.float32)
        sequences[split] = generator.choice(np.frombuffer(b"ACGT", np.uint8), (count, LENGTH))
        splits[split] = span_examples(
            sequences[split],
            spans["label"],
            spans["accessibility"] if signals else None,
            spans["name"].tolist(),
        )
        spans["logit"] = generator.normal(size=count)
        columns = ["name", "chrom", "start", "end", "label", "logit"]
        columns = columns if signals else ["name", "label", "logit"]
        write_table(spans[columns], tmp_path / f"{split}.tsv.gz")
        tables[split] = spans
    write_examples(tmp_path, splits, 3)
    return tmp_path, tables, sequences


@pytest.fixture
def study(tmp_path):
    return make_study(tmp_path)


def paths_of(folder):
    return {split: folder / f"{split}.tsv.gz" for split in ("train", "valid", "test")}


def test_positives_and_test_are_gathered_with_their_logits(study):
    """Test has fewer spans than there may be candidates, so all of it is there."""
    folder, tables, sequences = study
    found = gather(folder / "manifest.json", paths_of(folder), ["TGAC"], 9.0, 0)
    spans, gathered, median = found
    row = 0
    for split, table in tables.items():
        for place, span in enumerate(table.itertuples()):
            if span.label == 1 or split == "test":
                got = spans.iloc[row]
                assert (got["name"], got["split"], got["label"]) == (span.name, split, span.label)
                assert got["logit"] == pytest.approx(span.logit)
                assert got["accessibility"] == np.float32(span.accessibility)
                assert (gathered[row] == sequences[split][place]).all()
                row += 1
    assert row == len(spans) == len(gathered)
    assert median == pytest.approx(tables["train"]["accessibility"].median())


def test_of_a_large_test_the_telling_spans_are_gathered(study, monkeypatch):
    """Called ones and closed motifs are all there, of the others hardly one."""
    folder, tables, sequences = study
    monkeypatch.setattr(explained, "CANDIDATES", 0)
    spans, _, median = gather(folder / "manifest.json", paths_of(folder), ["AC", "GG"], 0.5, 0)
    expected = []
    for span, sequence in zip(tables["test"].itertuples(), sequences["test"], strict=True):
        text = sequence.tobytes().decode()
        partner = text[::-1].translate(str.maketrans("ACGT", "TGCA"))
        motif = any(word in strand for word in ("AC", "GG") for strand in (text, partner))
        closed = motif and np.float32(span.accessibility) <= median
        if span.label == 1 or span.logit >= 0.5 or closed:
            expected.append((span.name, closed))
    test = spans[spans["split"] == "test"]
    assert list(zip(test["name"], test["closed_motif"], strict=True)) == expected
    assert 0 < sum(closed for _, closed in expected) < len(expected) < len(tables["test"])
    monkeypatch.setattr(explained, "CANDIDATES", 10)
    more, _, _ = gather(folder / "manifest.json", paths_of(folder), ["AC", "GG"], 0.5, 0)
    assert len(spans) < len(more) < (spans["split"] != "test").sum() + len(tables["test"])


def test_labelled_sequences_are_gathered_without_places_and_signals(tmp_path, monkeypatch):
    """The same rows as of spans with signals, of which none is a closed motif."""
    folder, _, _ = make_study(tmp_path)
    expected, sequences, _ = gather(folder / "manifest.json", paths_of(folder), ["AC"], 0.5, 0)
    folder, _, _ = make_study(tmp_path, ())
    spans, found, median = gather(folder / "manifest.json", paths_of(folder), ["AC"], 0.5, 0)
    assert median is None
    assert not spans["closed_motif"].any()
    assert sorted(spans) == ["closed_motif", "label", "logit", "name", "split"]
    columns = ["name", "label", "logit", "split"]
    pd.testing.assert_frame_equal(spans[columns], expected[columns])
    np.testing.assert_array_equal(found, sequences)
    monkeypatch.setattr(explained, "CANDIDATES", 0)
    few, _, _ = gather(folder / "manifest.json", paths_of(folder), ["AC"], 0.5, 0)
    test = few[few["split"] == "test"]
    assert 0 < len(test) < 20
    assert ((test["label"] == 1) | (test["logit"] >= 0.5)).all()


def test_without_motifs_no_span_is_a_closed_motif(study, caplog):
    folder, _, _ = study
    with caplog.at_level("INFO", logger="cisfuse"):
        found = choose_spans(folder / "manifest.json", paths_of(folder), [], most=10, seed=0)
    assert "closed_motif" not in set(found.spans["role"])
    assert found.facts["closed_motif"] == {"spans": 0, "called_bound": 0}
    assert "closed chromatin" not in caplog.text


@pytest.mark.parametrize("pieces", [[7], [3, 4], [1, 1, 5], [7, 0]])
@pytest.mark.parametrize("sizes", [[7], [2, 5], [0, 3, 0, 4], [4, 4], [1] * 7])
def test_pieces_are_cut_anew(pieces, sizes):
    whole = pd.DataFrame({"value": np.arange(7)})
    bounds = np.cumsum([0, *pieces])
    parts = [whole.iloc[start:stop] for start, stop in pairwise(bounds)]
    found = [table["value"].tolist() for table in in_step(iter(parts), sizes)]
    bounds = np.cumsum([0, *sizes])
    assert found == [list(range(7))[start:stop] for start, stop in pairwise(bounds)]


def test_predictions_of_other_spans_are_damage(study):
    folder, tables, _ = study
    columns = ["name", "chrom", "start", "end", "label", "logit"]
    for damaged in (tables["valid"].iloc[::-1], tables["valid"].iloc[:-1]):
        write_table(damaged[columns], folder / "valid.tsv.gz")
        with pytest.raises(DamagedFileError, match=r"valid\.tsv\.gz: holds other spans than"):
            gather(folder / "manifest.json", paths_of(folder), ["TGAC"], 0.0, 0)


@pytest.mark.parametrize("signals", [("accessibility",), ()])
def test_the_choice_holds_the_spans_with_a_role_and_their_bases(tmp_path, signals):
    folder, tables, sequences = make_study(tmp_path, signals)
    paths = paths_of(folder)
    choice = choose_spans(folder / "manifest.json", paths, ["AC", "GG"], most=10_000, seed=0)
    valid = tables["valid"]
    threshold, f1 = best_threshold(valid["label"].to_numpy(), valid["logit"].to_numpy())
    facts = choice.facts
    assert (facts["threshold"], facts["threshold_f1"]) == pytest.approx((threshold, f1))
    wanted = [name for name in explained.COLUMNS if name in choice.spans]
    assert choice.spans.columns.tolist() == wanted
    assert ("accessibility" in choice.spans) == ("chrom" in choice.spans) == bool(signals)
    assert (choice.spans["role"] != "").all()
    assert sum(facts["counts"].values()) == len(choice.spans) == len(choice.sequences)
    bases = {
        name: bytes(letters).decode()
        for split, table in tables.items()
        for name, letters in zip(table["name"], sequences[split], strict=True)
    }
    assert choice.spans["sequence"].tolist() == [bases[name] for name in choice.spans["name"]]
    assert [bytes(row).decode() for row in choice.sequences] == choice.spans["sequence"].tolist()
    test = choice.spans[choice.spans["split"] == "test"]
    called = test["logit"] >= facts["threshold"]
    assert (called == test["outcome"].isin(["true_positive", "false_positive"])).all()
    spans, _, median = gather(folder / "manifest.json", paths, ["AC", "GG"], threshold, 0)
    closed = spans[spans["closed_motif"] & (spans["label"] == 0)]
    assert facts["median_accessibility"] == median
    assert facts["closed_motif"] == {
        "spans": len(closed),
        "called_bound": int((closed["logit"] >= threshold).sum()),
    }
    assert (facts["closed_motif"]["spans"] > 0) == bool(signals)


def test_damaged_arrays_are_named(tmp_path):
    path = tmp_path / "attributions.npz"
    np.savez(path, gradient=np.arange(1000.0))
    assert read_arrays(path)["gradient"].tolist() == list(range(1000))
    content = bytearray(path.read_bytes())
    content[500] ^= 1
    path.write_bytes(content)
    with pytest.raises(DamagedFileError, match=r"attributions\.npz: damaged"):
        read_arrays(path)
    path.write_bytes(content[:300])
    with pytest.raises(DamagedFileError, match=r"attributions\.npz: damaged"):
        read_arrays(path)


def test_tables_become_examples():
    table = pd.DataFrame({"name": ["a", "b"], "label": [1, 0], "sequence": ["ACGTN", "TTTTT"]})
    table["accessibility"] = [0.5, 1.5]
    examples = examples_of(table)
    assert examples.names.tolist() == [b"a", b"b"]
    assert [bytes(row) for row in examples["sequence"]] == [b"ACGTN", b"TTTTT"]
    assert examples.targets.tolist() == [1, 0]
    assert examples["accessibility"].tolist() == [0.5, 1.5]
    for feature in examples.features:
        feature.check_array(examples[feature.name])
    assert "accessibility" not in examples_of(table.drop(columns="accessibility"))
