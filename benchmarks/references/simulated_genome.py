"""A simulated genome with a signal and peaks, made in seconds: it has the size of real data
and no meaning.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

LINE = 60
BIN = 50  # bases that share one value of the signal
PEAK_EVERY = 20_000
PEAK = 300
BASES = np.frombuffer(b"ACGT", np.uint8)


def write_study(folder: Path, sizes: Mapping[str, int]) -> dict[str, Path]:
    """Write ``genome.fa``, ``signal.bw``, ``peaks.bed`` and ``blacklist.bed``; returns their paths.

    One base in a hundred is N, a third of the signal is uncovered, and it is high on peaks.
    """
    import pyBigWig

    folder.mkdir(parents=True, exist_ok=True)
    names = {"fasta": "genome.fa", "bigwig": "signal.bw", "peaks": "peaks.bed"}
    names["blacklist"] = "blacklist.bed"
    paths = {kind: folder / name for kind, name in names.items()}
    generator = np.random.default_rng(0)
    with (
        open(paths["fasta"], "wb") as fasta,
        open(paths["peaks"], "w", encoding="utf-8") as peaks,
        open(paths["blacklist"], "w", encoding="utf-8") as blacklist,
        pyBigWig.open(str(paths["bigwig"]), "w") as bigwig,
    ):
        bigwig.addHeader(list(sizes.items()))
        for chrom, size in sizes.items():
            fasta.write(f">{chrom}\n".encode() + _lines(size, generator))
            centres = np.arange(PEAK_EVERY, size - PEAK_EVERY, PEAK_EVERY)
            centres = centres + generator.integers(-PEAK_EVERY // 3, PEAK_EVERY // 3, len(centres))
            for start in (centres - PEAK // 2).tolist():
                peaks.write(f"{chrom}\t{start}\t{start + PEAK}\n")
            blacklist.write(f"{chrom}\t{size // 2}\t{size // 2 + size // 50}\n")
            values = generator.gamma(0.5, 1, size // BIN).astype(np.float32)
            values[centres // BIN] += 10
            covered = np.flatnonzero(generator.random(len(values)) < 2 / 3)
            bigwig.addEntries(chrom, covered * BIN, values=values[covered], span=BIN)
    return paths


def _lines(size: int, generator: np.random.Generator) -> bytes:
    """Random bases in lines, the first hundredth N."""
    codes = BASES[generator.integers(0, 4, size, dtype=np.uint8)]
    codes[: size // 100] = ord("N")
    whole = size // LINE
    lines = np.full((whole, LINE + 1), ord("\n"), np.uint8)
    lines[:, :LINE] = codes[: whole * LINE].reshape(whole, LINE)
    rest = codes[whole * LINE :].tobytes()
    return lines.tobytes() + (rest + b"\n" if rest else b"")
