"""The features of the examples that each source makes."""

from collections.abc import Sequence

from cisfuse.examples.features import Feature

PLACE = Feature("name", "string", (), "CHROM:START-END, half-open", "place")
NAME = Feature("name", "string", (), "name of the sequence", "name")
LABEL = Feature("label", "int64", (), "1 bound, 0 unbound", "target")


def bases(length: int) -> Feature:
    """One byte for each base: upper-case ASCII."""
    return Feature("sequence", "uint8", (length,), "ASCII base", "input", "bases", turns=True)


def span_features(length: int, signals: Sequence[str] = ("accessibility",)) -> tuple[Feature, ...]:
    """The features of spans of so many bases, which have their place for a name."""
    means = [
        Feature(signal, "float32", (), "raw signal, mean per base of the span", "input", "scalar")
        for signal in signals
    ]
    return (PLACE, bases(length), LABEL, *means)


def sequence_features(length: int) -> tuple[Feature, ...]:
    """The features of labelled sequences of so many bases, which have a name and no place."""
    return (NAME, bases(length), LABEL)
