"""The table of sequences, and the table of what was found in their files."""

from collections.abc import Mapping
from types import ModuleType

import pandas as pd


def columns(target: str) -> list[str]:
    """The columns of the table of examples; ``target`` is the column that is predicted."""
    return ["name", target, "split", "sequence"]


def describe_sequences(
    read: pd.DataFrame, fitted: pd.DataFrame, changed: Mapping[str, int], target: ModuleType
) -> tuple[dict[str, str], str]:
    """What was found in the files, by the name of the check, and a warning or nothing.

    ``read`` are the sequences as they were read, ``fitted`` those brought to one length, and
    ``changed`` counts the ones that had another.
    """
    lengths = read["sequence"].str.len()
    length = len(fitted["sequence"].iloc[0])
    found = {
        "sequences": f"{len(read):,}",
        target.NOUNS: target.count_words(read[target.TARGET].to_numpy(), "sequences"),
        "lengths": f"{lengths.min():,} to {lengths.max():,} bp",
    }
    found |= {what: f"{count:,} sequences, to {length:,} bp" for what, count in changed.items()}
    count = target.contradictions(fitted)
    found[target.CONTRADICTORY] = f"{count:,} sequences"
    if not count:
        return found, ""
    return found, (
        f"{count:,} sequences are there with {target.CONTRADICTORY}, which no model can learn"
    )


def check_table(found: Mapping[str, str], path: str) -> pd.DataFrame:
    """Checks of a file as a table: file, kind, check, result."""
    checks = pd.DataFrame(found.items(), columns=["check", "result"])
    checks.insert(0, "kind", "sequences")
    checks.insert(0, "file", path)
    return checks
