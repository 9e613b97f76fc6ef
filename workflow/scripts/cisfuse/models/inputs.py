"""What every architecture is built from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cisfuse.base.errors import ConfigError
from cisfuse.dna.sequences import BASES
from cisfuse.examples.features import Feature
from cisfuse.examples.manifest import Manifest


@dataclass(frozen=True)
class ModelInputs:
    """What an architecture needs to know of the examples.

    shapes: of one example as a network reads it, by feature, such as ``sequence`` (length, 4)
    and a signal of a span (1,). transform: of the signals. constants: those of the transform by
    signal, as `cisfuse.readers.signals.fit_transforms` fits them on the training split.
    """

    shapes: Mapping[str, tuple[int, ...]]
    transform: str = "none"
    constants: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def constants_of(self, signal: str) -> dict[str, float]:
        """The constants of a signal's transform; the transform ``none`` has none."""
        return dict(self.constants.get(signal, {}))


def inputs_from(manifest: Manifest, transform: str) -> ModelInputs:
    """What models are built from for the examples of a manifest, with one transform of signals."""
    inputs = [feature for feature in manifest.features if feature.role == "input"]
    return ModelInputs(
        shapes={feature.name: network_shape(feature) for feature in inputs},
        transform=transform,
        constants={name: found[transform] for name, found in manifest.transforms.items()},
    )


def network_shape(feature: Feature) -> tuple[int, ...]:
    """The shape of one example's value as a network reads it: bases are one-hot encoded."""
    if feature.kind == "bases":
        return (*feature.shape, len(BASES))
    return feature.shape or (1,)


def check_length(architecture: str, shapes: Mapping[str, tuple[int, ...]], shortest: int) -> None:
    """Raise `ConfigError` where ``sequence`` has fewer bases than an architecture needs."""
    if shapes["sequence"][0] < shortest:
        raise ConfigError(
            f"{architecture} needs {shortest} bases or more, spans.length is "
            f"{shapes['sequence'][0]}; correct it, or choose another model"
        )
