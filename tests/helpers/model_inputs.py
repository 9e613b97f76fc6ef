"""What models of spans are built from, for tests."""

from collections.abc import Mapping

from cisfuse.models.inputs import ModelInputs


def span_inputs(length: int, transform: str = "none", constants: Mapping | None = None):
    """Inputs for spans of a length, with the constants of the accessibility's transform."""
    shapes = {"sequence": (length, 4), "accessibility": (1,)}
    return ModelInputs(shapes, transform, {"accessibility": constants or {}})
