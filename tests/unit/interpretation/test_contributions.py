"""Projection and completeness."""

import numpy as np

from cisfuse.interpretation.contributions import adds_up, project


def test_projection_keeps_the_observed_base():
    generator = np.random.default_rng(4)
    sequences = generator.choice(np.frombuffer(b"ACGTN", np.uint8), (4, 9))
    hypothetical = generator.normal(size=(4, 9, 4)).astype(np.float32)
    expected = np.zeros((4, 9))
    for row, position in np.ndindex(4, 9):
        base = chr(sequences[row, position])
        if base in "ACGT":
            expected[row, position] = hypothetical[row, position, "ACGT".index(base)]
    np.testing.assert_array_equal(project(hypothetical, sequences), expected)
    assert (expected == 0).any()


def test_what_adds_up_misses_by_a_hundredth_at_most():
    error = np.array([0.0099, 0.0101, -0.0199, 0.0201, -0.02])
    explained = np.array([0.5, 0.5, -2, 2, 0])
    assert adds_up(error, explained).tolist() == [True, False, True, False, False]
