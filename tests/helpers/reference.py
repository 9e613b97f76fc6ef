"""Slow or plain versions that several tests hold the library against."""

from collections.abc import Mapping

import numpy as np


def transform_values(values: np.ndarray, kind: str, constants: Mapping[str, float]) -> np.ndarray:
    """Apply a transform to raw values of any shape; what `SignalTransform` shall do."""
    if kind == "none":
        return values
    logs = np.log(values + constants["pseudocount"])
    if kind == "log":
        return logs
    return (logs - constants["mean"]) / constants["standard_deviation"]
