"""The features of spans: their bases from the genome, and the accessibility of the table."""

from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from types import ModuleType

import numpy as np
import pandas as pd

from cisfuse.base.files import read_pieces
from cisfuse.examples.features import Feature, text_column
from cisfuse.readers.genome import read_chromosome
from cisfuse.readers.spans import fetch_sequences

SIGNALS = ("accessibility",)
PLACE = "CHROM:START-END, half-open"


def features(length: int, target: ModuleType) -> tuple[Feature, ...]:
    """What an example of a span of ``length`` bases holds."""
    return (
        Feature("name", "string", (), PLACE, "place"),
        Feature("sequence", "uint8", (length,), "ASCII base", "input", "bases", turns=True),
        Feature(target.TARGET, target.DTYPE, (), target.UNIT, "target"),
        *(
            Feature(
                signal, "float32", (), "raw signal, mean per base of the span", "input", "scalar"
            )
            for signal in SIGNALS
        ),
    )


def read_columns(
    inputs: Mapping[str, str], target: ModuleType
) -> Iterator[tuple[np.ndarray, dict[str, np.ndarray]]]:
    """Pieces of the table ``inputs["spans"]``: the splits, str (n,), and the features, by name.

    Bases come from ``inputs["fasta"]``. Spans are sorted, so that each chromosome is read once.
    """
    read = lru_cache(maxsize=1)(partial(read_chromosome, inputs["fasta"]))
    for spans in read_pieces(inputs["spans"]):
        if len(spans):
            yield spans["split"].to_numpy(), columns(spans, fetch_sequences(spans, read), target)


def columns(
    spans: pd.DataFrame, sequences: np.ndarray, target: ModuleType
) -> dict[str, np.ndarray]:
    """The features of spans; sequences: uint8 (n, length), their bases."""
    return {
        "name": text_column(spans["name"]),
        "sequence": sequences,
        target.TARGET: spans[target.TARGET].to_numpy(target.DTYPE),
        **{signal: spans[signal].to_numpy(np.float32) for signal in SIGNALS},
    }
