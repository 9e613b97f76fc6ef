"""The simulated study: what its parts promise, and the same bytes from the same settings."""

import gzip
import hashlib
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pyBigWig
import pytest

from cisfuse.base.errors import ConfigError
from cisfuse.config.settings import load_schema
from cisfuse.dna.sequences import BASE_CODES
from cisfuse.simulation.bases import (
    CLOSED_TRANSITIONS,
    OPEN_TRANSITIONS,
    SITE_MATRICES,
    background,
    draw_site,
    plant,
    soft_mask,
)
from cisfuse.simulation.chromatin import BIN
from cisfuse.simulation.spans import DEFAULT_SETTINGS, SimulatedStudy, simulate_study, write_study

SETTINGS = {"seed": 7, "genome_length": 200_003}
FILES = ("genome.fa.gz", "accessibility.bw", "peaks.narrowPeak", "blacklist.bed", "sites.bed")


@pytest.fixture(scope="module")
def study() -> SimulatedStudy:
    return simulate_study(SETTINGS)


@pytest.fixture(scope="module")
def folder(study: SimulatedStudy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("simulated")
    write_study(study, *(path / name for name in FILES))
    return path


def checksums(folder: Path) -> list[str]:
    return [hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES]


def covered(intervals: pd.DataFrame, length: int) -> np.ndarray:
    mask = np.zeros(length, dtype=bool)
    for start, end in zip(intervals["start"], intervals["end"], strict=True):
        mask[start:end] = True
    return mask


def transitions(sequence: np.ndarray) -> np.ndarray:
    """Count pairs of neighbours the slow way round: float (4, 4), rows sum to 1."""
    text = sequence.tobytes().decode()
    counts = np.zeros((4, 4))
    for first, second in pairwise(text):
        counts["ACGT".index(first), "ACGT".index(second)] += 1
    return counts / counts.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("is_open", "expected"), [(False, CLOSED_TRANSITIONS), (True, OPEN_TRANSITIONS)]
)
def test_background_has_the_transition_frequencies(is_open: bool, expected: np.ndarray) -> None:
    sequence = background(np.full(100_000, is_open), np.random.default_rng(1))
    np.testing.assert_allclose(transitions(sequence), expected, atol=0.012)


def test_background_equals_a_walk_base_by_base() -> None:
    is_open = np.arange(3_000) % 700 < 300
    uniform = np.random.default_rng(2).random(3_000, dtype=np.float32)
    walked, previous = [], 0
    for number, opened in zip(uniform, is_open, strict=True):
        row = (OPEN_TRANSITIONS if opened else CLOSED_TRANSITIONS)[previous]
        previous = int((number > np.cumsum(row)[:3].astype(np.float32)).sum())
        walked.append(previous)
    np.testing.assert_array_equal(background(is_open, np.random.default_rng(2)), BASE_CODES[walked])


@pytest.mark.parametrize("table", [CLOSED_TRANSITIONS, OPEN_TRANSITIONS, *SITE_MATRICES.values()])
def test_tables_are_probabilities(table: np.ndarray) -> None:
    np.testing.assert_allclose(table.sum(axis=1), 1)
    assert table.shape[1] == 4
    assert (table > 0).all()


def test_site_matrices_have_the_consensus() -> None:
    consensus = {
        form: "".join("ACGT"[base] for base in matrix.argmax(axis=1))
        for form, matrix in SITE_MATRICES.items()
    }
    assert consensus["AP1"][1:-1] == "TGACTCA"
    assert consensus["CRE"][1:-1] == "TGACGTCA"


def test_drawn_sites_follow_the_matrix() -> None:
    generator = np.random.default_rng(3)
    matrix = SITE_MATRICES["AP1"]
    drawn = [draw_site(matrix, generator) for _ in range(4_000)]
    frequencies = np.mean([np.eye(4)[indices] for indices, _ in drawn], axis=0)
    np.testing.assert_allclose(frequencies, matrix, atol=0.03)
    assert max(score for _, score in drawn) == 1000
    assert min(score for _, score in drawn) >= 0


@pytest.mark.parametrize(("strand", "expected"), [("+", b"ccTGActcagg"), ("-", b"ccTGAgtcagg")])
def test_plant_keeps_the_case(strand: str, expected: bytes) -> None:
    genome = np.frombuffer(b"ccAAAaaaagg", dtype=np.uint8).copy()
    plant(genome, 2, np.array(["ACGT".index(base) for base in "TGACTCA"]), strand)
    assert genome.tobytes() == expected


def test_soft_mask_covers_about_half() -> None:
    masked = soft_mask(500_000, np.random.default_rng(4))
    assert masked.shape == (500_000,)
    assert 0.35 < masked.mean() < 0.6


def test_sites_lie_in_the_genome_where_they_say(study: SimulatedStudy) -> None:
    complement = bytes.maketrans(b"ACGT", b"TGCA")
    is_open = covered(study.islands, len(study.genome))
    consensus = 0
    for site in study.sites.itertuples():
        form, state = site.name.split("_", 1)
        bases = study.genome[site.start : site.end].tobytes().upper()
        if site.strand == "-":
            bases = bases.translate(complement)[::-1]
        assert len(bases) == len(SITE_MATRICES[form])
        assert set(bases) <= set(b"ACGT")
        assert state in ("bound", "open_unbound", "closed")
        assert (is_open[site.start : site.end] == (state != "closed")).all()
        consensus += bases[1:-1] in (b"TGACTCA", b"TGACGTCA")
    assert set(study.sites["strand"]) == {"+", "-"}
    assert consensus > 0.4 * len(study.sites)


def test_binding_needs_both_a_site_and_open_chromatin(study: SimulatedStudy) -> None:
    bound = covered(study.peaks, len(study.genome))
    is_open = covered(study.islands, len(study.genome))
    state = study.sites["name"].str.split("_", n=1).str[1]
    middle = (study.sites["start"] + study.sites["end"]) // 2
    assert bound[middle[state == "bound"]].all()
    assert not bound[middle[state == "closed"]].any()
    assert not bound[middle[state == "open_unbound"]].any()
    summits = study.peaks["start"] + study.peaks["summit"]
    assert is_open[summits].all()
    near_site = [(np.abs(middle - summit) < 30).any() for summit in summits]
    assert 0.6 < np.mean(near_site) < 1
    assert {"bound", "closed", "open_unbound"} == set(state)


def test_prevalence_of_tiles(study: SimulatedStudy) -> None:
    tiles = covered(study.peaks, len(study.genome))[: len(study.genome) // 101 * 101]
    overlap = tiles.reshape(-1, 101).sum(axis=1)
    positive = overlap >= 51
    assert 0.01 < positive.sum() / (positive | (overlap == 0)).sum() < 0.04


def test_islands_are_more_accessible(study: SimulatedStudy) -> None:
    is_open = covered(study.islands, len(study.genome))
    artefact = covered(study.blacklist, len(study.genome))
    signal = np.repeat(study.accessibility, BIN)[: len(study.genome)]
    assert signal[is_open].mean() > 4 * signal[~is_open & ~artefact].mean()
    assert signal[artefact].mean() > signal[is_open].mean()
    assert signal[study.genome == ord("N")].sum() == 0


def test_fasta(study: SimulatedStudy, folder: Path) -> None:
    header, *lines = gzip.decompress((folder / FILES[0]).read_bytes()).splitlines()
    assert header.startswith(b">chr22 simulated by cisfuse")
    assert {len(line) for line in lines[:-1]} == {60}
    sequence = b"".join(lines)
    assert sequence == study.genome.tobytes()
    assert len(sequence) == SETTINGS["genome_length"]
    assert set(sequence) == set(b"ACGTacgtN")
    assert sequence.count(b"N") == len(sequence[sequence.find(b"N") : sequence.rfind(b"N") + 1])


def test_bigwig(study: SimulatedStudy, folder: Path) -> None:
    with pyBigWig.open(str(folder / FILES[1])) as handle:
        assert handle.chroms() == {"chr22": SETTINGS["genome_length"]}
        read = handle.values("chr22", 0, SETTINGS["genome_length"], numpy=True)
    assert np.isnan(read).any()
    expected = np.repeat(study.accessibility, BIN)[: len(read)]
    np.testing.assert_array_equal(np.nan_to_num(read), expected)


@pytest.mark.parametrize(("name", "columns"), [(FILES[2], 10), (FILES[3], 3), (FILES[4], 6)])
def test_tables_are_sorted_beds(folder: Path, name: str, columns: int) -> None:
    first, *lines = (folder / name).read_text().splitlines()
    assert first == "# simulated by cisfuse, seed 7"
    rows = [line.split("\t") for line in lines]
    assert {len(row) for row in rows} == {columns}
    intervals = [(int(row[1]), int(row[2])) for row in rows]
    assert intervals == sorted(intervals)
    assert all(0 <= start < end <= SETTINGS["genome_length"] for start, end in intervals)
    if columns == 10:
        assert all(before[1] <= after[0] for before, after in pairwise(intervals))
        assert all(120 <= end - start <= 260 for start, end in intervals)
        assert all(0 <= int(row[9]) < int(row[2]) - int(row[1]) for row in rows)
        assert all(0 <= int(row[4]) <= 1000 for row in rows)


def test_same_settings_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_study(simulate_study(SETTINGS), *(tmp_path / name for name in FILES))
    assert checksums(tmp_path) == checksums(folder)


def test_another_seed_changes_every_file(folder: Path, tmp_path: Path) -> None:
    write_study(simulate_study({**SETTINGS, "seed": 8}), *(tmp_path / name for name in FILES))
    assert not set(checksums(tmp_path)) & set(checksums(folder))


def test_more_sites_leave_the_accessibility_as_it_was(study: SimulatedStudy) -> None:
    other = simulate_study({**SETTINGS, "closed_sites_per_megabase": 300})
    assert len(other.sites) > len(study.sites)
    np.testing.assert_array_equal(other.accessibility, study.accessibility)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"genome_lenght": 1}, "unknown setting 'genome_lenght'"),
        ({"islands_per_megabase": 5_000}, "islands_per_megabase"),
        ({"open_sites_per_megabase": 2_000}, "lower their numbers"),
        ({"closed_sites_per_megabase": 3_000}, "lower their numbers"),
    ],
)
def test_unusable_settings(change: dict[str, float], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        simulate_study({**SETTINGS, **change})


def test_defaults_are_few() -> None:
    assert len(DEFAULT_SETTINGS) <= 9


def test_the_schema_has_the_same_settings_and_defaults() -> None:
    root = Path(__file__).resolve().parents[3]
    schema = load_schema(root / "workflow" / "schemas" / "config.schema.yaml")
    rules = schema["properties"]["references"]["properties"]["simulation"]["properties"]
    defaults = {name: rule.get("default", DEFAULT_SETTINGS["seed"]) for name, rule in rules.items()}
    assert defaults == DEFAULT_SETTINGS
