"""Questions to a model: what it does with accessibility, and with a motif at each position.

Spans stay as they are but for the one thing that is asked about. A gain is a difference of
logits. All functions take a model that reads only one of the inputs, and give no rows for the
other.
"""

from collections.abc import Callable, Sequence

import keras
import numpy as np
import pandas as pd

from cisfuse.dna.motifs import IUPAC
from cisfuse.dna.sequences import reverse_complement
from cisfuse.examples.shards import Examples
from cisfuse.interpretation.attribution import Explainer
from cisfuse.interpretation.first_layer import flat_layers, reads_both_strands

GRID_POINTS = 50
GRID_QUANTILES = (0.005, 0.995)  # of accessibility; beyond them lie a few spans
BAND = (0.1, 0.9)  # quantiles over spans
TOLERANCE = 0.1  # of the median in the middle half: a gain further from it counts as in the margin
RESPONSE_COLUMNS = [
    *("sequences", "accessibility", "transformed"),
    *("logit_mean", "logit_low", "logit_high", "spans"),
]
POSITION_COLUMNS = ["motif", "start", "gain_mean", "gain_sd", "spans"]


def draw_rows(mask: np.ndarray, most: int, seed: int) -> np.ndarray:
    """Rows where ``mask`` holds, ``most`` of them at random where there are more, in order."""
    rows = np.flatnonzero(mask)
    if len(rows) > most:
        rows = np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))
    return rows


def accessibility_grid(explainer: Explainer, values: np.ndarray) -> np.ndarray:
    """`GRID_POINTS` raw values of accessibility, evenly spaced as the model sees them.

    They run from the 0.5 % to the 99.5 % quantile of ``values`` (n,), raw; 0 is put before
    them when it is not the first anyway. Returns float64, ascending.
    """
    low, high = explainer.transformed(np.quantile(values, GRID_QUANTILES))
    raw = explainer.transform.invert(np.linspace(low, high, GRID_POINTS))
    # The inverse of a logarithm that was rounded can miss 0 by a little, to either side.
    raw[0] = np.quantile(values, GRID_QUANTILES[0])
    raw = np.maximum(raw, 0)
    return raw if raw[0] == 0 else np.insert(raw, 0, 0.0)


def accessibility_response(
    explainer: Explainer, groups: dict[str, Examples], grid: np.ndarray
) -> pd.DataFrame:
    """The logit by accessibility, the sequence of each span staying as it is.

    groups: spans by what the column ``sequences`` calls them; grid: raw accessibility, (m,).
    Returns `RESPONSE_COLUMNS`, m rows per group with a span: mean, 10 % and 90 % quantile of
    the logit over the spans. This is the mean of individual conditional expectations:
    A. Goldstein, A. Kapelner, J. Bleich and E. Pitkin, "Peeking inside the black box" (Journal
    of Computational and Graphical Statistics 2015).
    """
    tables = []
    for name, examples in groups.items():
        if not len(examples):
            continue
        copies = examples.take(np.repeat(np.arange(len(examples)), len(grid)))
        levels = np.tile(grid, len(examples)).astype(np.float32)
        copies = copies.with_array("accessibility", levels)
        logits = explainer.predict(copies).astype(np.float64).reshape(len(examples), len(grid))
        low, high = np.quantile(logits, BAND, axis=0)
        columns = (name, grid, explainer.transformed(grid), logits.mean(axis=0), low, high)
        values = dict(zip(RESPONSE_COLUMNS, (*columns, len(examples)), strict=True))
        tables.append(pd.DataFrame(values))
    return pd.concat(tables, ignore_index=True) if tables else empty(RESPONSE_COLUMNS)


def empty(columns: Sequence[str]) -> pd.DataFrame:
    """A table of columns without rows."""
    return pd.DataFrame(columns=list(columns))


def one_spelling(motif: str) -> np.ndarray:
    """A sequence that an IUPAC motif stands for: its first base at each letter, uint8 (width,)."""
    return np.frombuffer("".join(IUPAC[letter][0] for letter in motif).encode(), np.uint8)


def motif_gains(
    predict: Callable[[Examples], np.ndarray], examples: Examples, motif: str
) -> np.ndarray:
    """The gain from writing a motif over each place of each span.

    Returns float64 (n, length - width + 1): logit with the motif at that start minus logit of
    the span as it is, the mean over the motif on either strand.
    """
    letters = one_spelling(motif)
    count, length = examples["sequence"].shape
    starts = np.arange(length - len(letters) + 1)
    before = predict(examples).astype(np.float64)
    gains = np.zeros((count, len(starts)))
    for strand in (letters, reverse_complement(letters)):
        changed = examples.take(np.repeat(np.arange(count), len(starts)))
        columns = np.tile(starts, count)[:, None] + np.arange(len(letters))
        changed["sequence"][np.arange(len(columns))[:, None], columns] = strand
        gains += predict(changed).reshape(count, len(starts)) - before[:, None]
    return gains / 2


def position_table(motif: str, gains: np.ndarray) -> pd.DataFrame:
    """Mean and standard deviation of the gain by the motif's start: `POSITION_COLUMNS`."""
    if not len(gains):
        return empty(POSITION_COLUMNS)
    starts = np.arange(gains.shape[1])
    columns = (motif, starts, gains.mean(axis=0), gains.std(axis=0), len(gains))
    return pd.DataFrame(dict(zip(POSITION_COLUMNS, columns, strict=True)))


def measured_margin(gain: np.ndarray) -> tuple[int, int] | None:
    """How many bases at the left and right end give a motif another gain than the middle does.

    gain: mean gain by start, (places,). A side's margin ends at the first place, from that end,
    whose gain is within `TOLERANCE` of the median over the middle half of the places. None
    without a gain in the middle.
    """
    if not len(gain):
        return None
    quarter = len(gain) // 4
    middle = float(np.median(gain[quarter : len(gain) - quarter]))
    if middle <= 0:
        return None
    level = np.abs(gain - middle) <= TOLERANCE * middle
    if not level.any():
        return len(gain), len(gain)
    return int(level.argmax()), int(level[::-1].argmax())


def padding_reach(model: keras.Model) -> tuple[int, int]:
    """How far, in bases, the zeros of "same" padding reach in from the left and right end.

    A "same" convolution of width k pads (k - 1) // 2 zeros on the left and k // 2 on the right,
    and every later one spreads what it is given; so the outputs of stacked ones that have seen a
    zero lie within the sum over them of each end. A "valid" one pads nothing, and an output
    stands for the base in the middle of its window. One of pooling stands for all bases of its
    window, and has seen a zero if one of them has: padding reaches further by pooling, but still
    only the windows near an end. What flattens a model or pools it as a whole reads each of
    these outputs by itself or all of them, and spreads nothing. A model of both strands has the
    larger of both at either end. Convolutions and pooling stand one after the other.
    """
    length = next((tensor.shape[1] for tensor in model.inputs if tensor.name == "sequence"), 0)
    places = np.arange(length)
    places = np.column_stack([places, places])  # first and last base that an output stands for
    reached = np.zeros((length, 2), bool)  # whether it has seen a zero of the left, of the right
    for layer in flat_layers(model):
        if isinstance(layer, keras.layers.Conv1D):
            windows = _windows(layer.kernel_size[0], layer.dilation_rate[0], layer, len(places))
            middle = (windows[:, 0] + windows[:, -1]) // 2
            reached = _seen(reached, windows)
            places = places[middle.clip(0, len(places) - 1)]
        elif isinstance(layer, keras.layers.MaxPooling1D | keras.layers.AveragePooling1D):
            windows = _windows(layer.pool_size[0], 1, layer, len(places))
            # Keras pools what is there, without the places that "same" adds.
            windows = windows.clip(0, len(places) - 1)
            reached = _seen(reached, windows)
            places = np.column_stack([places[windows[:, 0], 0], places[windows[:, -1], 1]])
    left = int(max(places[reached[:, 0], 1], default=-1)) + 1
    right = length - int(min(places[reached[:, 1], 0], default=length))
    if reads_both_strands(model):
        left = right = max(left, right)
    return left, right


def _windows(width: int, dilation: int, layer: keras.layers.Layer, count: int) -> np.ndarray:
    """What each output of a layer reads of ``count`` places: int (outputs, width), below 0 or
    from ``count`` on where it is padded."""
    step, reach = layer.strides[0], (width - 1) * dilation
    if layer.padding == "same":
        outputs = -(-count // step)
        first = -(max((outputs - 1) * step + reach + 1 - count, 0) // 2)
    else:
        outputs, first = max((count - 1 - reach) // step + 1, 0), 0
    starts = first + step * np.arange(outputs)
    return starts[:, None] + dilation * np.arange(width)


def _seen(reached: np.ndarray, windows: np.ndarray) -> np.ndarray:
    """Whether outputs have seen a zero of either end, themselves or by what they read."""
    padded = np.stack([windows < 0, windows >= len(reached)], axis=2)
    inside = reached[windows.clip(0, max(len(reached) - 1, 0))]
    return (padded | inside).any(axis=1)


def profile_table(projection: np.ndarray) -> pd.DataFrame:
    """Mean size of the contributions by position, over spans: ``position mean_absolute spans``.

    projection: contributions of the observed bases, (n, length), in logits.
    """
    columns = ["position", "mean_absolute", "spans"]
    if not len(projection):
        return empty(columns)
    mean = np.abs(projection).mean(axis=0, dtype=np.float64)
    values = (np.arange(len(mean)), mean, len(projection))
    return pd.DataFrame(dict(zip(columns, values, strict=True)))
