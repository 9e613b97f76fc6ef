"""Simulated sequences: the motif once in every positive and in no negative, and the same bytes."""

import gzip
import re

import numpy as np
import pandas as pd
import pytest

from cisfuse.base.errors import ConfigError
from cisfuse.readers.intervals import read_sites
from cisfuse.simulation.sequences import (
    DEFAULT_SETTINGS,
    simulate_sequences,
    write_sequences,
)
from cisfuse.sources.sequences.reading import read_labelled_sequences
from cisfuse.tasks.binding import target

MOTIF = DEFAULT_SETTINGS["motif"]


@pytest.fixture(scope="module")
def study():
    return simulate_sequences({})


def occurrences(sequence, motif):
    """Where the motif starts, place by place."""
    last = len(sequence) - len(motif)
    return [start for start in range(last + 1) if sequence[start : start + len(motif)] == motif]


@pytest.mark.parametrize(
    "settings",
    [{}, {"motif": "AAAA", "count": 300}, {"motif": "ACA", "length": 30}, {"motif": "GC" * 25}],
)
def test_positives_hold_the_motif_once_where_the_sites_are_and_negatives_never(settings):
    study = simulate_sequences(settings)
    motif = settings.get("motif", MOTIF)
    found = []
    for row in study.sequences.itertuples():
        starts = occurrences(row.sequence, motif)
        assert len(starts) == row.label
        found += [(row.name, start, start + len(motif), motif, 0, "+") for start in starts]
    assert list(study.sites.itertuples(index=False, name=None)) == found


def test_sequences_are_as_the_settings_say(study):
    table = study.sequences
    assert len(table) == 2000
    assert (table["label"].sum(), len(study.sites)) == (1000, 1000)
    assert set(table["sequence"].str.len()) == {50}
    assert table["name"].iloc[[0, -1]].tolist() == ["sequence_0001", "sequence_2000"]
    few = simulate_sequences({"count": 90, "length": 20, "positive_fraction": 0.3}).sequences
    assert (len(few), few["label"].sum(), set(few["sequence"].str.len())) == (90, 27, {20})


def test_bases_and_starts_are_uniform_and_labels_shuffled(study):
    table, sites = study.sequences, study.sites
    free = "".join(table.loc[table["label"] == 0, "sequence"])
    beside = "".join(table.loc[table["label"] == 1, "sequence"].str.replace(MOTIF, ""))
    for letters in (free, beside):
        for base in "ACGT":
            assert abs(letters.count(base) / len(letters) - 0.25) < 0.01
    counts = np.bincount(sites["start"])
    assert len(counts) == 39  # to the last place where the motif fits
    assert abs(counts - 1000 / 39).max() < 5 * np.sqrt(1000 / 39)
    changes = (table["label"].diff().iloc[1:] != 0).sum()
    assert abs(changes - 1000) < 5 * np.sqrt(500)


def test_a_setting_of_one_part_leaves_the_others(study):
    other = simulate_sequences({"motif": "TTTTTTGGGGGG"})
    pd.testing.assert_series_equal(other.sequences["label"], study.sequences["label"])
    pd.testing.assert_series_equal(other.sites["start"], study.sites["start"])
    pd.testing.assert_frame_equal(
        other.sequences[other.sequences["label"] == 0],
        study.sequences[study.sequences["label"] == 0],
    )
    assert simulate_sequences({"seed": 1}).sequences["sequence"].iloc[0] not in set(
        study.sequences["sequence"]
    )


def test_files_are_read_back_and_are_the_same_bytes(study, tmp_path):
    paths = []
    for folder in ("once", "again"):
        paths.append([tmp_path / folder / name for name in ("sequences.tsv.gz", "sites.bed")])
        write_sequences(simulate_sequences({}), *paths[-1])
    for once, again in zip(*paths, strict=True):
        assert once.read_bytes() == again.read_bytes()
    table, _ = read_labelled_sequences(paths[0][0], None, target)
    pd.testing.assert_frame_equal(table.drop(columns="line"), study.sequences)
    sites = read_sites(paths[0][1])
    assert sites["chrom"].tolist() == study.sites["chrom"].tolist()
    assert sites["start"].tolist() == study.sites["start"].tolist()
    assert set(sites["site"]) == {MOTIF}
    for content in (gzip.decompress(paths[0][0].read_bytes()), paths[0][1].read_bytes()):
        assert content.startswith(b"# simulated by cisfuse, seed 50\n")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"lenght": 5}, "unknown setting 'lenght'; known are seed, count, length, motif,"),
        ({"length": 11}, "the motif CCACCAGGGGGC has 12 letters, the sequences have 11; shorten"),
        ({"motif": "ACGN"}, "motif 'ACGN' is not of A, C, G and T; correct it"),
        ({"motif": ""}, "motif '' is not of A, C, G and T; correct it"),
        ({"motif": "acgtac"}, "motif 'acgtac' is not of A, C, G and T; correct it"),
        ({"motif": "A"}, "the motif A is too short: nearly every sequence of 50 random bases"),
        ({"positive_fraction": 0.0}, "positive_fraction 0.0 of 2,000 sequences leaves one label"),
        ({"positive_fraction": 1}, "positive_fraction 1 of 2,000 sequences leaves one label"),
        ({"count": 1}, "positive_fraction 0.5 of 1 sequences leaves one label without any"),
    ],
)
def test_what_cannot_be_simulated_is_refused(settings, message):
    with pytest.raises(ConfigError, match="^simulation: " + re.escape(message)):
        simulate_sequences(settings)
