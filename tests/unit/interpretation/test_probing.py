"""All probes of a model are those of its parts, on the groups of spans that they name."""

import keras
import numpy as np
import pandas as pd
import pytest
from model_inputs import span_inputs

from cisfuse.interpretation import probing
from cisfuse.interpretation.explained import examples_of
from cisfuse.interpretation.probes import padding_reach, profile_table
from cisfuse.interpretation.probing import probe
from cisfuse.models.registry import build_model

LENGTH, COUNT, MOTIF = 30, 24, "TGACTCA"


def make_model(name: str) -> keras.Model:
    keras.utils.set_random_seed(3)
    return build_model(name, span_inputs(LENGTH))


@pytest.fixture
def spans():
    """A third of bound test spans with the motif, of background without it, and of train."""
    generator = np.random.default_rng(4)
    letters = generator.choice(list("AC"), (COUNT, LENGTH))
    letters[::3, 10:17] = list(MOTIF)
    return pd.DataFrame(
        {
            "name": [f"span-{row}" for row in range(COUNT)],
            "label": [1, 0, 1] * (COUNT // 3),
            "split": ["test", "test", "train"] * (COUNT // 3),
            "role": ["positive", "background", "positive"] * (COUNT // 3),
            "accessibility": generator.random(COUNT).astype(np.float32),
            "sequence": ["".join(row) for row in letters],
        }
    )


def run(spans, name, motifs=(MOTIF,), median=0.4, planted=None):
    hypothetical = np.random.default_rng(5).normal(size=(len(spans), LENGTH, 4)).astype(np.float32)
    model = make_model(name)
    found = probe(
        *(model, examples_of(spans), spans, hypothetical),
        median=median,
        motifs=motifs,
        planted="".join(motifs[:1]) if planted is None else planted,
        seed=0,
    )
    return model, hypothetical, found


def test_a_model_of_both_inputs_is_asked_about_both(spans):
    model, hypothetical, found = run(spans, "fusion_cnn")
    counts = found.response.groupby("sequences")["spans"].first()
    assert counts.to_dict() == {"with_motif": COUNT // 3, "without_motif": COUNT // 3}
    assert found.positions["start"].tolist() == list(range(LENGTH - len(MOTIF) + 1))
    assert (found.positions["spans"] == COUNT // 3).all()
    assert (found.margin["padding_left"], found.margin["padding_right"]) == padding_reach(model)
    assert set(found.margin) == {"left", "right", "padding_left", "padding_right"}
    observed = np.array([list(text) for text in spans["sequence"]])
    background = [
        [hypothetical[row, place, "ACGT".index(observed[row, place])] for place in range(LENGTH)]
        for row in np.flatnonzero(spans["role"] == "background")
    ]
    pd.testing.assert_frame_equal(found.profile, profile_table(np.array(background, np.float32)))


def test_a_model_of_one_input_has_no_rows_for_the_other(spans):
    _, _, found = run(spans, "sequence_cnn")
    assert found.response.empty
    assert len(found.positions)
    assert len(found.profile)
    _, _, found = run(spans, "accessibility_logistic")
    assert len(found.response)
    assert found.positions.empty
    assert found.profile.empty
    assert found.margin == {"left": None, "right": None, "padding_left": 0, "padding_right": 0}


def test_a_motif_longer_than_a_span_is_put_nowhere(spans):
    _, _, found = run(spans, "sequence_cnn", ["N" * (LENGTH + 1)], median=None)
    assert found.positions.empty


def test_of_many_bound_spans_some_are_drawn(spans, monkeypatch):
    monkeypatch.setattr(probing, "MOST_SPANS", 5)
    _, _, found = run(spans, "fusion_cnn")
    counts = found.response.groupby("sequences")["spans"].first()
    assert counts.to_dict() == {"with_motif": 5, "without_motif": COUNT // 3}


def test_what_is_planted_may_be_longer_than_what_is_searched(spans):
    _, _, found = run(spans, "fusion_cnn", planted="ATGACTCAT")
    assert set(found.positions["motif"]) == {"ATGACTCAT"}
    assert len(found.positions) == LENGTH - 9 + 1


def test_without_a_motif_nothing_is_planted_and_all_spans_are_asked(spans):
    model, _, found = run(spans, "fusion_cnn", ())
    counts = found.response.groupby("sequences")["spans"].first()
    assert counts.to_dict() == {"bound": COUNT // 3, "background": COUNT // 3}
    assert found.positions.empty
    assert len(found.profile) == LENGTH
    assert list(found.margin.values()) == [None, None, *padding_reach(model)]
