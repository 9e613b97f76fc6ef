"""What every architecture is built from."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelSettings:
    """What an architecture needs to know.

    length: bases of a span; transform and constants: of the accessibility, as fitted by
    `cisfuse.readers.signals.fit_transforms` on the training split.
    """

    length: int
    transform: str
    constants: dict[str, float]
