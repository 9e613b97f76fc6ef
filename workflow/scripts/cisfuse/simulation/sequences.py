"""Simulated labelled sequences: uniform random bases, and a motif that the positives alone hold.

Each positive holds the motif exactly once, on the given strand, and no negative holds it, so a
search for the motif finds every label: the set shows whether a model learns one exact word.
Every part draws from its own generator, as in `cisfuse.simulation.generators`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cisfuse.base.errors import ConfigError
from cisfuse.base.files import write_bytes
from cisfuse.dna.motifs import match_motif
from cisfuse.dna.sequences import BASES
from cisfuse.simulation.generators import part_generator

DEFAULT_SETTINGS: dict[str, Any] = {
    "seed": 50,
    "count": 2000,  # sequences
    "length": 50,  # bases of each
    "motif": "CCACCAGGGGGC",
    "positive_fraction": 0.5,
}
# Sequences with too many or too few motifs are drawn anew this often: chance gives a motif of
# three letters and more its turn long before.
MOST_DRAWS = 1000


@dataclass(frozen=True)
class SimulatedSequences:
    """``sequences`` has name, sequence and label; ``sites`` is BED6, a row for each positive."""

    seed: int
    sequences: pd.DataFrame
    sites: pd.DataFrame


def simulate_sequences(settings: Mapping[str, Any]) -> SimulatedSequences:
    """Simulate labelled sequences; settings that are left out take their defaults.

    Raises `ConfigError` for a setting of another name, and for what no sequences can have.
    """
    unknown = sorted(set(settings) - set(DEFAULT_SETTINGS))
    if unknown:
        raise ConfigError(
            f"simulation: unknown setting {unknown[0]!r}; known are {', '.join(DEFAULT_SETTINGS)}"
        )
    setting = {**DEFAULT_SETTINGS, **settings}
    seed, count, length = (int(setting[key]) for key in ("seed", "count", "length"))
    motif = _checked_motif(setting["motif"], length)
    positives = round(count * setting["positive_fraction"])
    if not 0 < positives < count:
        raise ConfigError(
            f"simulation: positive_fraction {setting['positive_fraction']} of {count:,} sequences "
            "leaves one label without any; change it, or raise count"
        )
    starts = part_generator(seed, "starts").integers(0, length - len(motif) + 1, positives)
    bound = draw_sequences(positives, length, motif, starts, part_generator(seed, "positives"))
    free = draw_sequences(count - positives, length, motif, None, part_generator(seed, "negatives"))

    order = part_generator(seed, "order").permutation(count)
    codes = np.concatenate([bound, free])[order]
    width = len(str(count))
    table = pd.DataFrame({"name": [f"sequence_{row:0{width}d}" for row in range(1, count + 1)]})
    table["sequence"] = [row.tobytes().decode() for row in codes]
    table["label"] = (order < positives).astype(np.int64)

    rows = np.flatnonzero(order < positives)
    sites = pd.DataFrame({"chrom": table["name"].iloc[rows].to_numpy()})
    sites["start"] = starts[order[rows]]
    sites["end"] = sites["start"] + len(motif)
    sites["name"], sites["score"], sites["strand"] = setting["motif"], 0, "+"
    return SimulatedSequences(seed, table, sites)


def _checked_motif(motif: str, length: int) -> np.ndarray:
    """The motif as bytes, uint8 (m,); raises `ConfigError` where it does not fit."""
    if not re.fullmatch(f"[{BASES.decode()}]+", motif):
        raise ConfigError(f"simulation: motif {motif!r} is not of A, C, G and T; correct it")
    if len(motif) > length:
        raise ConfigError(
            f"simulation: the motif {motif} has {len(motif)} letters, the sequences have {length}; "
            "shorten the motif, or raise length"
        )
    return np.frombuffer(motif.encode(), np.uint8)


def draw_sequences(
    count: int,
    length: int,
    motif: np.ndarray,
    starts: np.ndarray | None,
    generator: np.random.Generator,
) -> np.ndarray:
    """Random bases, uint8 (count, length), that hold the motif at their start and nowhere else.

    ``starts``, int64 (count,), are where; without them no sequence holds the motif. What would
    hold it elsewhere too is drawn anew. Raises `ConfigError` when that hardly ever helps.
    """
    word, wanted = motif.tobytes().decode(), 0 if starts is None else 1
    codes = np.empty((count, length), np.uint8)
    rows = np.arange(count)
    for _ in range(MOST_DRAWS):
        drawn = np.frombuffer(BASES, np.uint8)[generator.integers(0, 4, (len(rows), length))]
        if starts is not None:
            places = starts[rows][:, None] + np.arange(len(motif))
            np.put_along_axis(drawn, places, motif[None, :], axis=1)
        codes[rows] = drawn
        rows = rows[match_motif(drawn, word).sum(axis=1) != wanted]
        if not len(rows):
            return codes
    raise ConfigError(
        f"simulation: the motif {word} is too short: nearly every sequence of {length} random "
        "bases holds it; lengthen the motif, or lower length"
    )


def write_sequences(study: SimulatedSequences, sequences: str | Path, sites: str | Path) -> None:
    """Write the sequences as TSV with a header, and the sites as BED6; same study, same bytes.

    The first line of each, which begins with ``#``, says that they are simulated.
    """
    first = f"# simulated by cisfuse, seed {study.seed}\n"
    for table, path, header in ((study.sequences, sequences, True), (study.sites, sites, False)):
        body = table.to_csv(sep="\t", header=header, index=False, lineterminator="\n")
        write_bytes((first + body).encode(), path)
