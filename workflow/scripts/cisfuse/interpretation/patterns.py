"""Patterns: motifs that a model learned, their names among the matrices of JASPAR, their files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from cisfuse.dna.matrices import GROUPS, consensus
from cisfuse.dna.sequences import BASES
from cisfuse.dna.tomtom import match_matrices

MATCHES = 3
COLUMNS = (
    *("pattern", "sign", "seqlets", "width", "consensus"),
    *(f"{column}_{rank}" for rank in range(1, MATCHES + 1) for column in ("match", "id", "p", "q")),
)


@dataclass(frozen=True)
class Pattern:
    """A motif that contributes to the logit.

    sign: ``positive`` or ``negative`` contributions. seqlets: how many windows it was made from.
    ppm: float32 (width, 4), shares of the bases; cwm: float32 (width, 4), their mean
    contributions in logits.
    """

    sign: str
    seqlets: int
    ppm: np.ndarray
    cwm: np.ndarray

    def turned(self) -> "Pattern":
        """The other strand."""
        return replace(self, ppm=self.ppm[::-1, ::-1], cwm=self.cwm[::-1, ::-1])


def name_patterns(
    patterns: Sequence[Pattern], threads: int = 1, groups: Sequence[str] = GROUPS[:1]
) -> tuple[list[Pattern], pd.DataFrame]:
    """Match patterns with JASPAR, and turn them to the strand of their best match.

    groups: taxonomic ones, whose matrices are searched. Returns the turned patterns and a table of
    them, `COLUMNS`; a pattern with too little information to be matched has empty matches.
    """
    table = match_matrices([pattern.ppm for pattern in patterns], MATCHES, threads, groups)
    turned, rows = [], []
    for number, pattern in enumerate(patterns):
        best = table[table["query"] == number]
        if len(best) and best["strand"].iloc[0] == "-":
            pattern = pattern.turned()
        turned.append(pattern)
        row = {"pattern": number + 1, "sign": pattern.sign, "seqlets": pattern.seqlets}
        row |= {"width": len(pattern.ppm), "consensus": consensus(pattern.ppm)}
        for match in best.to_dict("records"):
            row |= {f"{name}_{match['rank']}": match[name] for name in ("match", "id", "p", "q")}
        rows.append(row)
    return turned, pd.DataFrame(rows, columns=list(COLUMNS))


def pattern_words(row: Mapping[str, Any]) -> str:
    """A row of the table of patterns in words."""
    best = f"most like {row['match_1']} (q {row['q_1']:.2g})" if row["q_1"] <= 1 else "no match"
    pattern = f"pattern {row['pattern']}, {row['sign']}, {row['seqlets']} seqlets"
    return f"{pattern}: {row['consensus']}, {best}"


def meme_text(patterns: Sequence[Pattern], names: Sequence[str]) -> str:
    """The patterns in the minimal motif format of the MEME suite, against equal shares."""
    letters = BASES.decode()
    background = " ".join(f"{letter} {1 / len(letters):g}" for letter in letters)
    lines = ["MEME version 4", "", f"ALPHABET= {letters}", "", "strands: + -", ""]
    lines += ["Background letter frequencies", background, ""]
    for pattern, name in zip(patterns, names, strict=True):
        size = f"alength= {len(letters)} w= {len(pattern.ppm)} nsites= {pattern.seqlets} E= 0"
        lines += [f"MOTIF {name}", f"letter-probability matrix: {size}"]
        lines += [" ".join(f"{share:.6f}" for share in row) for row in pattern.ppm.tolist()]
        lines.append("")
    return "\n".join(lines)


def pattern_arrays(patterns: Sequence[Pattern]) -> dict[str, np.ndarray]:
    """The arrays of files of patterns, which `patterns_from` reads.

    ``signs`` and ``seqlets``, (n,), and of each pattern, counted from 1, ``ppm_NUMBER`` and
    ``cwm_NUMBER``.
    """
    arrays = {
        "signs": np.array([pattern.sign for pattern in patterns], dtype="U8"),
        "seqlets": np.array([pattern.seqlets for pattern in patterns], dtype=np.int64),
    }
    for number, pattern in enumerate(patterns, start=1):
        arrays |= {f"ppm_{number}": pattern.ppm, f"cwm_{number}": pattern.cwm}
    return arrays


def patterns_from(arrays: Mapping[str, np.ndarray]) -> list[Pattern]:
    """The patterns of `pattern_arrays`."""
    rows = zip(arrays["signs"].tolist(), arrays["seqlets"].tolist(), strict=True)
    return [
        Pattern(sign, seqlets, arrays[f"ppm_{number}"], arrays[f"cwm_{number}"])
        for number, (sign, seqlets) in enumerate(rows, start=1)
    ]
