"""Simulated reporter activity: random sequences whose motifs add up, and two that boost each other.

The activity without noise is a function of the sequence alone:

    gc_weight * (share of G and C - 1/2) + sum over motifs of weight * matches
    + pair_weight where both motifs of the pair match

A match counts on either strand, and once where a motif is its own reverse complement. What a
measurement adds is Gaussian noise of a known standard deviation, so the highest Pearson
correlation that any model can reach is known. The term of the pair is out of reach of every sum
over words of one motif. Motifs are made for this simulation, though named after factors.
Every part draws from its own generator, as in `cisfuse.simulation.generators`.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cisfuse.base.errors import ConfigError
from cisfuse.base.files import write_bytes
from cisfuse.dna.motifs import IUPAC
from cisfuse.dna.sequences import BASES
from cisfuse.simulation.generators import part_generator
from cisfuse.simulation.planting import find_sites, plant_motifs

DEFAULT_SETTINGS: dict[str, Any] = {
    "seed": 60,
    "count": 6000,  # sequences
    "length": 100,  # bases of each
    # word: IUPAC letters; weight: what a match adds to the activity; fraction: share of the
    # sequences in which the motif is planted.
    "motifs": {
        "AP1": {"word": "TGASTCA", "weight": 0.4, "fraction": 0.5},
        "ETS": {"word": "ACCGGAAG", "weight": 0.4, "fraction": 0.5},
        "NRF1": {"word": "GCGCATGCGC", "weight": 0.7, "fraction": 0.3},
        "ZEB": {"word": "ACAGGTGTW", "weight": -0.7, "fraction": 0.3},
    },
    "pair": ["AP1", "ETS"],
    "pair_weight": 2.0,
    "gc_weight": 2.0,  # a sequence of G and C alone has half of it, one of A and T minus half
    "noise": 0.4,  # standard deviation, in units of activity
}
HEADER = re.compile(r"# simulated by cisfuse, seed \d+, highest reachable Pearson (\S+)")
DECIMALS = 6  # of an activity


@dataclass(frozen=True)
class SimulatedReporters:
    """``sequences`` has name, sequence and activity; ``sites`` is BED6, a row for each match.

    noiseless: float64 (n,), the activity without noise. The score of a site is the weight of its
    motif, which may be negative.
    """

    seed: int
    sequences: pd.DataFrame
    sites: pd.DataFrame
    noiseless: np.ndarray

    @property
    def reachable_pearson(self) -> float:
        """The highest Pearson correlation that a model can reach on all of the sequences."""
        return highest_reachable_pearson(self.noiseless, self.sequences["activity"].to_numpy())


def highest_reachable_pearson(noiseless: np.ndarray, activity: np.ndarray) -> float:
    """Correlation of the activity without noise with the measured one, (n,) each.

    About the root of the share of the variance that is signal. A model cannot know the noise, so
    on many sequences none correlates better than the activity without noise does.
    """
    return float(np.corrcoef(noiseless, activity)[0, 1])


def simulate_reporters(settings: Mapping[str, Any]) -> SimulatedReporters:
    """Simulate reporter activity; settings that are left out take their defaults.

    ``motifs`` and ``pair`` are taken whole. Raises `ConfigError` for a setting of another name,
    and for what no sequences can have.
    """
    unknown = sorted(set(settings) - set(DEFAULT_SETTINGS))
    if unknown:
        raise ConfigError(
            f"simulation: unknown setting {unknown[0]!r}; known are {', '.join(DEFAULT_SETTINGS)}"
        )
    setting = {**DEFAULT_SETTINGS, **settings}
    seed, count, length = (int(setting[key]) for key in ("seed", "count", "length"))
    motifs = setting["motifs"]
    _check(setting)
    codes = np.frombuffer(BASES, np.uint8)[
        part_generator(seed, "bases").integers(0, 4, (count, length))
    ]
    plant_motifs(codes, motifs, seed)
    found = {name: find_sites(codes, motif["word"]) for name, motif in motifs.items()}
    noiseless = _noiseless(codes, found, setting)
    noise = setting["noise"] * part_generator(seed, "noise").normal(size=count)

    width = len(str(count))
    table = pd.DataFrame({"name": [f"reporter_{row:0{width}d}" for row in range(1, count + 1)]})
    table["sequence"] = [row.tobytes().decode() for row in codes]
    table["activity"] = (noiseless + noise).round(DECIMALS)
    return SimulatedReporters(seed, table, _site_table(table["name"], found, motifs), noiseless)


def _check(setting: Mapping[str, Any]) -> None:
    """Raise `ConfigError` for settings that cannot be simulated."""
    motifs, length, pair = setting["motifs"], setting["length"], setting["pair"]
    for name, motif in motifs.items():
        _check_motif(name, motif)
    bases = sum(len(motif["word"]) for motif in motifs.values())
    if bases > length:
        raise ConfigError(
            f"simulation: the motifs have {bases} letters together, the sequences have {length}; "
            "shorten the motifs, or raise length"
        )
    if len(pair) != 2 or len(set(pair)) != 2 or not set(pair) <= set(motifs):
        raise ConfigError(
            f"simulation: pair must name two of the motifs {', '.join(motifs)}, not {pair}"
        )
    for name in ("pair_weight", "gc_weight", "noise"):
        if not math.isfinite(setting[name]):
            raise ConfigError(f"simulation: {name} {setting[name]} is not finite; correct it")
    if setting["noise"] < 0:
        raise ConfigError(f"simulation: noise {setting['noise']} is below 0; correct it")
    if setting["count"] < 2:
        raise ConfigError(f"simulation: count {setting['count']} is below 2; raise it")


def _check_motif(name: str, motif: Mapping[str, Any]) -> None:
    settings = "word, weight and fraction"
    for key in ("word", "weight", "fraction"):
        if key not in motif:
            raise ConfigError(f"simulation: motif {name} lacks {key}; give it {settings}")
    for key in motif:
        if key not in ("word", "weight", "fraction"):
            raise ConfigError(
                f"simulation: motif {name} has {key!r}; its settings are {settings}; remove it"
            )
    if not re.fullmatch(f"[{''.join(IUPAC)}]+", motif["word"]):
        raise ConfigError(
            f"simulation: the word {motif['word']!r} of motif {name} is not of IUPAC letters "
            f"in upper case ({''.join(IUPAC)}); correct it"
        )
    if not 0 <= motif["fraction"] <= 1:
        raise ConfigError(
            f"simulation: the fraction {motif['fraction']} of motif {name} is not from 0 to 1; "
            "correct it"
        )
    if not math.isfinite(motif["weight"]):
        raise ConfigError(
            f"simulation: the weight {motif['weight']} of motif {name} is not finite; correct it"
        )


def _noiseless(
    codes: np.ndarray, found: Mapping[str, tuple[np.ndarray, ...]], setting: Mapping[str, Any]
) -> np.ndarray:
    """The activity without noise, float64 (n,)."""
    counts = {name: np.bincount(sites[0], minlength=len(codes)) for name, sites in found.items()}
    strong = np.isin(codes, np.frombuffer(b"CG", np.uint8)).mean(axis=1)
    activity = setting["gc_weight"] * (strong - 0.5)
    for name, motif in setting["motifs"].items():
        activity += motif["weight"] * counts[name]
    first, second = (counts[name] > 0 for name in setting["pair"])
    return activity + setting["pair_weight"] * (first & second)


def _site_table(
    names: pd.Series,
    found: Mapping[str, tuple[np.ndarray, ...]],
    motifs: Mapping[str, Mapping[str, Any]],
) -> pd.DataFrame:
    """BED6 of all matches, sorted by sequence and start; the score is the weight."""
    tables = []
    for name, (rows, starts, reverse) in found.items():
        sites = pd.DataFrame({"row": rows, "chrom": names.to_numpy()[rows], "start": starts})
        sites["end"] = starts + len(motifs[name]["word"])
        sites["name"], sites["score"] = name, float(motifs[name]["weight"])
        sites["strand"] = np.where(reverse, "-", "+")
        tables.append(sites)
    return (
        pd.concat(tables, ignore_index=True)
        .sort_values(["row", "start"], kind="stable", ignore_index=True)
        .drop(columns="row")
    )


def write_reporters(study: SimulatedReporters, sequences: str | Path, sites: str | Path) -> None:
    """Write the sequences as TSV with a header, and the sites as BED6; same study, same bytes.

    The first line of each, which begins with ``#``, says that they are simulated; that of the
    sequences gives the highest reachable Pearson too. Column 5 of the sites is the weight of the
    motif in the activity, not BED's score from 0 to 1000.
    """
    simulated = f"# simulated by cisfuse, seed {study.seed}"
    lines = (
        f"{simulated}, highest reachable Pearson {study.reachable_pearson:.4f}\n",
        f"{simulated}; column 5 is what the motif adds to the activity\n",
    )
    for table, path, first in zip(
        (study.sequences, study.sites), (sequences, sites), lines, strict=True
    ):
        header = table is study.sequences
        body = table.to_csv(sep="\t", header=header, index=False, lineterminator="\n")
        write_bytes((first + body).encode(), path)


def noiseless_predictions(study: SimulatedReporters) -> pd.DataFrame:
    """The activity without noise as predictions of it: name, activity and predicted.

    No model can know more, so their scores are the highest that can be reached.
    """
    known = study.sequences[["name", "activity"]]
    return known.assign(predicted=study.noiseless.round(DECIMALS))
