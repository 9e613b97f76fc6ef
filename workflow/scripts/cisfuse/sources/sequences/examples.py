"""The features of sequences: their bases, which the table itself has."""

from collections.abc import Iterator, Mapping
from types import ModuleType

import numpy as np

from cisfuse.base.files import read_pieces
from cisfuse.dna.sequences import sequences_of
from cisfuse.examples.features import Feature, text_column

SIGNALS = ()


def features(length: int, target: ModuleType) -> tuple[Feature, ...]:
    """What an example of a sequence of ``length`` bases holds."""
    return (
        Feature("name", "string", (), "name of the sequence", "name"),
        Feature("sequence", "uint8", (length,), "ASCII base", "input", "bases", turns=True),
        Feature(target.TARGET, target.DTYPE, (), target.UNIT, "target"),
    )


def read_columns(
    inputs: Mapping[str, str], target: ModuleType
) -> Iterator[tuple[np.ndarray, dict[str, np.ndarray]]]:
    """Pieces of the table ``inputs["spans"]``: the splits, str (n,), and the features, by name."""
    for table in read_pieces(inputs["spans"]):
        if len(table):
            columns = {
                "name": text_column(table["name"]),
                "sequence": sequences_of(table),
                target.TARGET: table[target.TARGET].to_numpy(target.DTYPE),
            }
            yield table["split"].to_numpy(), columns
