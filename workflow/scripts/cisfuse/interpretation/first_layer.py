"""What the filters of a model's first convolution look for, from the windows that fire them.

D. R. Kelley, J. Snoek and J. L. Rinn, "Basset: learning the regulatory code of the accessible
genome with deep convolutional neural networks" (Genome Research 2016): a filter's motif is the
count of bases over all windows whose activation is above half of the filter's maximum. After
B. Alipanahi, A. Delong, M. T. Weirauch and B. J. Frey, "Predicting the sequence specificities of
DNA- and RNA-binding proteins by deep learning" (Nature Biotechnology 2015).
"""

from collections.abc import Iterator

import keras
import numpy as np

from cisfuse.dna.sequences import BASES, one_hot, reverse_complement
from cisfuse.interpretation.filters import FilterWindows
from cisfuse.models.layers import ReverseComplement

SHARE_OF_MAXIMUM = 0.5
SPANS_AT_ONCE = 500


def flat_layers(model: keras.Model) -> Iterator[keras.layers.Layer]:
    """All layers of a model in their order, those of models inside it too."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from flat_layers(layer)
        else:
            yield layer


def first_convolution(model: keras.Model) -> keras.layers.Conv1D | None:
    """The first convolution that reads the four bases; none in a model without sequence."""
    for layer in flat_layers(model):
        if isinstance(layer, keras.layers.Conv1D) and layer.kernel.shape[1] == len(BASES):
            return layer
    return None


def reads_both_strands(model: keras.Model) -> bool:
    """Whether a model turns its input to the other strand as well (`both_strands`)."""
    return any(isinstance(layer, ReverseComplement) for layer in flat_layers(model))


def filter_windows(model: keras.Model, sequences: np.ndarray) -> FilterWindows:
    """Count the bases of the windows that fire each filter of the first convolution.

    sequences: uint8 ASCII (n, length), n > 0. Windows that hang over the ends do not count, and
    a filter that fires nowhere has zero counts; so has one without an activation function whose
    values are all negative, of which there is no half. What later layers do with a window, such
    as pooling, plays no part. A model of both strands sees the windows of both. A model without
    sequence has no filters.
    """
    layer = first_convolution(model)
    if layer is None:
        none = np.zeros((0, 0, len(BASES)), np.float32)
        return FilterWindows(
            none, none, np.zeros(0, np.int64), np.zeros(0, np.float32), np.zeros(0)
        )
    # Keras: (width, 4, filters)
    weights = np.asarray(layer.kernel, np.float32).transpose(2, 0, 1)
    strands = [sequences, reverse_complement(sequences)][: 1 + reads_both_strands(model)]

    maximum = np.full(len(weights), -np.inf, np.float32)
    for _, _, found in _activations(layer, strands):
        maximum = np.maximum(maximum, found.max(axis=(0, 1), initial=-np.inf))
    maximum[~np.isfinite(maximum)] = 0  # spans that are shorter than the filters
    # A filter that fires nowhere has a threshold that nothing passes.
    threshold = np.where(maximum > 0, SHARE_OF_MAXIMUM * maximum, np.inf).astype(np.float32)

    counts = np.zeros(weights.shape, np.float64)
    windows = np.zeros(len(weights), np.int64)
    has_window = np.zeros((len(sequences), len(weights)), bool)
    for rows, bases, found in _activations(layer, strands):
        fires = found > threshold
        flat = fires.reshape(-1, len(weights)).astype(np.float32)
        counts += (flat.T @ bases.reshape(len(flat), weights[0].size)).reshape(counts.shape)
        windows += fires.sum(axis=(0, 1))
        has_window[rows] |= fires.any(axis=1)
    share = has_window.mean(axis=0)
    return FilterWindows(counts.astype(np.float32), weights, windows, maximum, share)


def _activations(
    layer: keras.layers.Conv1D, strands: list[np.ndarray]
) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
    """Rows of spans, the bases of their windows and the filters' activations, in batches.

    Bases: float32 (spans, windows, width, 4); activations: float32 (spans, windows, filters).
    """
    kernel = np.asarray(layer.kernel, np.float32)
    bias = np.asarray(layer.bias, np.float32) if layer.use_bias else np.float32(0)
    width, step = len(kernel), layer.dilation_rate[0]
    for sequences in strands:
        count = max(sequences.shape[1] - (width - 1) * step, 0)
        columns = np.arange(count)[:, None] + step * np.arange(width)
        for start in range(0, len(sequences), SPANS_AT_ONCE):
            rows = slice(start, min(start + SPANS_AT_ONCE, len(sequences)))
            bases = one_hot(sequences[rows])[:, columns]
            values = np.tensordot(bases, kernel, 2) + bias
            yield rows, bases, np.asarray(layer.activation(values), np.float32)
