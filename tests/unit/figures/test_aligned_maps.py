"""Means over motifs are those of a loop, on the motif's strand, and no hit is a sentence."""

import numpy as np
import pytest

from cisfuse.dna.sequences import one_hot, reverse_complement
from cisfuse.figures.aligned_maps import (
    align_maps,
    aligned_table,
    mean_map,
    plot_aligned_mean,
    spelt,
)
from cisfuse.figures.style import save_figure

FLANK, LENGTH = 5, 40
MOTIF = "TGACTCA"


def make_data() -> tuple[np.ndarray, np.ndarray]:
    """Four spans without a match but where it is put: forward, backward, at an end, nowhere."""
    generator = np.random.default_rng(3)
    sequences = generator.choice(np.frombuffer(b"AC", np.uint8), (4, LENGTH))
    site = np.frombuffer(MOTIF.encode(), np.uint8)
    sequences[0, 10:17] = site
    sequences[1, 20:27] = reverse_complement(site)
    sequences[2, 2:9] = site
    hypothetical = generator.normal(size=(4, LENGTH, 4)).astype(np.float32)
    return hypothetical, sequences


def test_windows_are_those_of_a_loop():
    hypothetical, sequences = make_data()
    aligned = align_maps(hypothetical, sequences, [MOTIF, "GGATCC"], FLANK)
    assert list(aligned) == [MOTIF, "GGATCC"]
    assert aligned["GGATCC"]["projection"].shape == (0, 6 + 2 * FLANK, 4)
    for name, values in (
        ("hypothetical", hypothetical),
        ("projection", hypothetical * one_hot(sequences)),
    ):
        found = aligned[MOTIF][name]
        assert found.shape == (3, 17, 4)
        np.testing.assert_allclose(found[0], values[0, 5:22])
        np.testing.assert_allclose(found[1], values[1, 15:32][::-1, ::-1])
        assert np.isnan(found[2, :3]).all()
        np.testing.assert_allclose(found[2, 3:], values[2, :14])


def test_the_table_equals_a_loop():
    aligned = align_maps(*make_data(), [MOTIF], FLANK)[MOTIF]
    table = aligned_table(MOTIF, aligned, FLANK)
    assert len(table) == 2 * 17
    assert table["spans"].min() == 2
    for name, windows in aligned.items():
        part = table[table["attribution"] == name].reset_index(drop=True)
        assert part["position"].tolist() == list(range(-FLANK, 12))
        for place in range(17):
            rows = [row for row in windows[:, place] if not np.isnan(row).any()]
            assert part.loc[place, "spans"] == len(rows)
            found = part.loc[place, list("ACGT")].astype(float)
            np.testing.assert_allclose(found, np.mean(rows, axis=0))


def test_a_map_spells_the_motif_it_holds():
    hypothetical, sequences = make_data()
    hypothetical[:] = 0
    hypothetical[0, 10:17] = one_hot(sequences[0, 10:17])
    aligned = align_maps(hypothetical, sequences, [MOTIF], FLANK)[MOTIF]
    assert spelt(aligned, FLANK) == MOTIF
    assert mean_map(aligned["projection"])[FLANK].tolist() == pytest.approx([0, 0, 0, 1 / 3])


def test_the_figure_says_what_it_shows_and_two_writes_are_alike(tmp_path):
    means = align_maps(*make_data(), [MOTIF, "GGATCC"], FLANK)
    contents = []
    for name in ("one", "two"):
        figure = plot_aligned_mean(means, FLANK, "integrated_gradients", "JUND, simulated data")
        save_figure(figure, tmp_path / f"{name}.png")
        contents.append([(tmp_path / f"{name}{end}").read_bytes() for end in (".png", ".svg")])
    assert contents[0] == contents[1]
    words = [
        "JUND, simulated data",
        "TGACTCA (shaded), 3 spans",
        "GGATCC: in no bound span of test",
    ]
    for word in [*words, "first base (bp)", "integrated gradients"]:
        assert word in contents[0][1].decode(), word
