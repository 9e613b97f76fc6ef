"""Simulated reporters: activity is a sum over matches, and its highest correlation is known."""

import gzip
import re

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from cisfuse.base.errors import ConfigError
from cisfuse.dna.motifs import IUPAC
from cisfuse.readers.intervals import read_sites
from cisfuse.simulation.reporters import (
    DEFAULT_SETTINGS,
    HEADER,
    highest_reachable_pearson,
    simulate_reporters,
    write_reporters,
)

MOTIFS = DEFAULT_SETTINGS["motifs"]
TURNED = str.maketrans("ACGT", "TGCA")


@pytest.fixture(scope="module")
def study():
    return simulate_reporters({})


def plain_matches(sequence, word):
    """Start and strand of each match of an IUPAC word, place by place, forward first."""
    found = []
    for start in range(len(sequence) - len(word) + 1):
        window = sequence[start : start + len(word)]
        turned = window.translate(TURNED)[::-1]
        for strand, letters in (("+", window), ("-", turned)):
            if all(base in IUPAC[letter] for base, letter in zip(letters, word, strict=True)):
                found.append((start, strand))
                break
    return found


def plain_activity(sequence, setting):
    """The activity of one sequence without noise."""
    activity = setting["gc_weight"] * (sum(base in "CG" for base in sequence) / len(sequence) - 0.5)
    counts = {
        name: len(plain_matches(sequence, motif["word"]))
        for name, motif in setting["motifs"].items()
    }
    activity += sum(motif["weight"] * counts[name] for name, motif in setting["motifs"].items())
    return activity + setting["pair_weight"] * all(counts[name] for name in setting["pair"])


@pytest.mark.parametrize(
    "settings",
    [
        {"count": 300},
        {"count": 200, "length": 40, "gc_weight": 0, "pair": ["ZEB", "NRF1"], "pair_weight": -3},
        {
            "count": 200,
            "length": 12,
            # Their own reverse complements, and so short that chance gives them many matches.
            "motifs": {
                "one": {"word": "ACGT", "weight": 1, "fraction": 0.4},
                "other": {"word": "RY", "weight": -0.25, "fraction": 1.0},
            },
            "pair": ["one", "other"],
        },
    ],
)
def test_the_activity_and_the_sites_are_those_of_the_matches(settings):
    study = simulate_reporters(settings)
    setting = {**DEFAULT_SETTINGS, **settings}
    expected = [plain_activity(sequence, setting) for sequence in study.sequences["sequence"]]
    np.testing.assert_allclose(study.noiseless, expected, rtol=0, atol=1e-12)
    sites = []
    for row in study.sequences.itertuples():
        of_row = [
            (row.name, start, start + len(motif["word"]), name, motif["weight"], strand)
            for name, motif in setting["motifs"].items()
            for start, strand in plain_matches(row.sequence, motif["word"])
        ]
        sites += sorted(of_row, key=lambda site: site[1])
    assert list(study.sites.itertuples(index=False, name=None)) == sites


def test_motifs_are_planted_as_often_as_the_settings_say(study):
    count = len(study.sequences)
    assert count == 6000
    assert set(study.sequences["sequence"].str.len()) == {100}
    for name, motif in MOTIFS.items():
        sites = study.sites[study.sites["name"] == name]
        held = sites["chrom"].nunique() / count
        # Chance adds a few; nothing is overwritten, so none is lost.
        spread = np.sqrt(motif["fraction"] * (1 - motif["fraction"]) / count)
        assert motif["fraction"] - 4 * spread < held < motif["fraction"] + 0.02
        reverse = (sites["strand"] == "-").mean()
        # Two read the same on both strands, which count once.
        expected = 0 if name in ("AP1", "NRF1") else 0.5
        assert abs(reverse - expected) <= 4 * expected / np.sqrt(len(sites))
        starts = np.histogram(sites["start"], bins=4, range=(0, 101 - len(motif["word"])))[0]
        assert abs(starts / len(sites) - 0.25).max() < 0.05


def test_the_noise_is_normal_with_the_given_spread(study):
    noise = study.sequences["activity"].to_numpy() - study.noiseless
    assert abs(noise.std() - 0.4) < 4 * 0.4 / np.sqrt(2 * len(noise))
    assert abs(noise.mean()) < 4 * 0.4 / np.sqrt(len(noise))
    shares = [np.mean(noise < 0.4 * z) for z in (-2, -1, 0, 1, 2)]
    np.testing.assert_allclose(shares, norm.cdf([-2, -1, 0, 1, 2]), atol=0.02)
    assert abs(np.corrcoef(noise, study.noiseless)[0, 1]) < 4 / np.sqrt(len(noise))
    silent = simulate_reporters({"noise": 0, "count": 50})
    np.testing.assert_allclose(silent.sequences["activity"], silent.noiseless, atol=1e-6)
    assert silent.reachable_pearson == pytest.approx(1)


def test_the_highest_reachable_pearson_is_the_root_of_the_share_of_signal(study):
    signal = study.noiseless.var()
    assert study.reachable_pearson == pytest.approx(np.sqrt(signal / (signal + 0.16)), abs=0.002)
    assert 0.94 < study.reachable_pearson < 0.96
    found = highest_reachable_pearson(np.array([1.0, 2, 3]), np.array([1.0, 2, 2]))
    assert found == pytest.approx(np.sqrt(3) / 2)


def test_no_sum_over_motifs_comes_near_the_highest_reachable_pearson(study):
    """The best sum that knows the motifs and counts them; a k-mer ridge has to learn them first."""
    activity = study.sequences["activity"].to_numpy()
    counts = pd.crosstab(study.sites["chrom"], study.sites["name"])
    counts = counts.reindex(study.sequences["name"]).fillna(0).to_numpy()
    strong = study.sequences["sequence"].str.count("[CG]").to_numpy()
    features = np.column_stack([np.ones(len(counts)), counts, strong])
    fitted = features @ np.linalg.lstsq(features, activity, rcond=None)[0]
    assert np.corrcoef(fitted, activity)[0, 1] < 0.93 * study.reachable_pearson


def test_a_setting_of_one_part_leaves_the_others(study):
    louder = simulate_reporters({"noise": 0.8})
    pd.testing.assert_series_equal(louder.sequences["sequence"], study.sequences["sequence"])
    noise = [of.sequences["activity"] - of.noiseless for of in (louder, study)]
    np.testing.assert_allclose(noise[0], 2 * noise[1], atol=2e-6)
    pd.testing.assert_frame_equal(louder.sites, study.sites)
    weaker = simulate_reporters({"pair_weight": 0.0})
    pd.testing.assert_frame_equal(weaker.sites, study.sites)
    both = weaker.noiseless != study.noiseless
    np.testing.assert_allclose((study.noiseless - weaker.noiseless)[both], 2)
    assert simulate_reporters({"seed": 1}).sequences["sequence"].iloc[0] not in set(
        study.sequences["sequence"]
    )


def test_files_are_read_back_and_are_the_same_bytes(study, tmp_path):
    paths = []
    for folder in ("once", "again"):
        paths.append([tmp_path / folder / name for name in ("sequences.tsv.gz", "sites.bed")])
        write_reporters(simulate_reporters({}), *paths[-1])
    for once, again in zip(*paths, strict=True):
        assert once.read_bytes() == again.read_bytes()
    text = gzip.decompress(paths[0][0].read_bytes()).decode()
    assert float(HEADER.match(text)[1]) == pytest.approx(study.reachable_pearson, abs=5e-5)
    assert text.splitlines()[1] == "name\tsequence\tactivity"
    table = pd.read_csv(paths[0][0], sep="\t", comment="#")
    pd.testing.assert_frame_equal(table, study.sequences)
    assert paths[0][1].read_text().startswith("# simulated by cisfuse, seed 60; column 5 is what")
    sites = read_sites(paths[0][1])
    assert sites["chrom"].tolist() == study.sites["chrom"].tolist()
    assert sites["start"].tolist() == study.sites["start"].tolist()
    assert sites["score"].tolist() == study.sites["score"].tolist()
    assert {*sites["site"]} == {*MOTIFS}


def with_motif(**changes):
    return {"motifs": {**MOTIFS, "ETS": {**MOTIFS["ETS"], **changes}}}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"lenght": 5}, "unknown setting 'lenght'; known are seed, count, length, motifs, pair,"),
        ({"length": 33}, "the motifs have 34 letters together, the sequences have 33; shorten"),
        (with_motif(word="ACGX"), "the word 'ACGX' of motif ETS is not of IUPAC letters"),
        (with_motif(word=""), "the word '' of motif ETS is not of IUPAC letters"),
        (with_motif(word="acgt"), "the word 'acgt' of motif ETS is not of IUPAC letters"),
        (with_motif(fraction=1.1), "the fraction 1.1 of motif ETS is not from 0 to 1; correct it"),
        (with_motif(weight=float("inf")), "the weight inf of motif ETS is not finite; correct it"),
        ({"motifs": {"A": {"word": "ACGT"}}}, "motif A lacks weight; give it word, weight and"),
        (with_motif(strand="+"), "motif ETS has 'strand'; its settings are word, weight and frac"),
        ({"pair": ["AP1"]}, "pair must name two of the motifs AP1, ETS, NRF1, ZEB, not ['AP1']"),
        ({"pair": ["AP1", "AP1"]}, "pair must name two of the motifs"),
        ({"pair": ["AP1", "JUN"]}, "pair must name two of the motifs"),
        ({"noise": -0.1}, "noise -0.1 is below 0; correct it"),
        ({"noise": float("nan")}, "noise nan is not finite; correct it"),
        ({"count": 1}, "count 1 is below 2; raise it"),
    ],
)
def test_what_cannot_be_simulated_is_refused(settings, message):
    with pytest.raises(ConfigError, match="^simulation: " + re.escape(message)):
        simulate_reporters(settings)
