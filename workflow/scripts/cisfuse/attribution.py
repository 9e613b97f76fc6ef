"""Attributions: what each base and the accessibility contribute to the logit.

Arrays have the shape (n, length, 4), channels A, C, G, T; a gradient is in logits per unit
of the one-hot encoding, and in logits per transformed unit for accessibility.
"""

from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from cisfuse.examples import BASES, Examples, one_hot

BATCH = 256
COMPLEMENT = {"A": "T", "C": "G", "G": "C", "T": "A"}
IUPAC = {
    **{base: base for base in "ACGT"},
    **{"R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC"},
    **{"B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT"},
}


@dataclass(frozen=True)
class Gradients:
    """Gradients of the logit at some spans.

    logits: float32 (n,); sequence: float32 (n, length, 4), zeros for a model that reads no
    sequence; accessibility: float32 (n,), per transformed unit; transformed: float32 (n,),
    the transformed accessibility itself. The last two are zeros for a model without it.
    """

    logits: np.ndarray
    sequence: np.ndarray
    accessibility: np.ndarray
    transformed: np.ndarray


def gradients(model: keras.Model, examples: Examples) -> Gradients:
    """Gradients of the logit with respect to sequence and accessibility, in batches.

    The gradient per transformed unit is the one per raw unit divided by the transform's
    derivative; the transform acts on each value by itself, so the chain rule is a quotient.
    """
    names = [tensor.name for tensor in model.inputs]
    encoded = one_hot(examples.sequences)
    columns = {
        name: encoded if name == "sequence" else examples.signals[name][:, None] for name in names
    }
    parts = []
    for start in range(0, len(examples), BATCH):
        batch = {
            name: tf.constant(column[start : start + BATCH]) for name, column in columns.items()
        }
        parts.append(_batch_gradients(model, batch))
    joined = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    zeros = np.zeros(len(examples), dtype=np.float32)
    return Gradients(
        logits=joined["logits"],
        sequence=joined.get("sequence", np.zeros_like(encoded)),
        accessibility=joined.get("accessibility", zeros),
        transformed=joined.get("transformed", zeros),
    )


def _batch_gradients(model: keras.Model, batch: dict[str, tf.Tensor]) -> dict[str, np.ndarray]:
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(batch)
        logits = model(batch, training=False)[:, 0]
        if "accessibility" in batch:
            transformed = model.get_layer("transform")(batch["accessibility"])
    result = {"logits": logits}
    if "sequence" in batch:
        result["sequence"] = tape.gradient(logits, batch["sequence"])
    if "accessibility" in batch:
        per_raw_unit = tape.gradient(logits, batch["accessibility"])
        derivative = tape.gradient(transformed, batch["accessibility"])
        result["accessibility"] = (per_raw_unit / derivative)[:, 0]
        result["transformed"] = transformed[:, 0]
    return {key: tensor.numpy() for key, tensor in result.items()}


def gradient_times_input(gradient: np.ndarray, sequences: np.ndarray) -> np.ndarray:
    """Keep the gradient at the observed base only: (n, length, 4)."""
    return gradient * one_hot(sequences)


def reverse_complement(sequences: np.ndarray) -> np.ndarray:
    """Reverse complement of upper-case bases, uint8 (..., length); other bytes stay."""
    table = np.arange(256, dtype=np.uint8)
    for base, partner in COMPLEMENT.items():
        table[ord(base)] = ord(partner)
    return table[sequences[..., ::-1]]


def match_motif(sequences: np.ndarray, motif: str) -> np.ndarray:
    """Where an IUPAC motif matches the given strand: bool (n, length - len(motif) + 1)."""
    allowed = np.zeros((len(motif), 256), dtype=bool)
    for position, letter in enumerate(motif):
        for base in IUPAC[letter]:
            allowed[position, ord(base)] = True
    windows = np.lib.stride_tricks.sliding_window_view(sequences, len(motif), axis=1)
    return np.logical_and.reduce([allowed[i][windows[..., i]] for i in range(len(motif))])


@dataclass(frozen=True)
class MotifHits:
    """The first match of a motif in each span that has one.

    rows: int64 (h,), rows of the spans; starts: int64 (h,), first base of the match within
    the span, on the forward strand; reverse: bool (h,).
    """

    rows: np.ndarray
    starts: np.ndarray
    reverse: np.ndarray


def first_hits(sequences: np.ndarray, motif: str) -> MotifHits:
    """Find a motif on both strands; the leftmost match of a span counts, forward first."""
    length = sequences.shape[1]
    forward = match_motif(sequences, motif)
    backward = match_motif(reverse_complement(sequences), motif)[:, ::-1]
    either = forward | backward
    rows = np.flatnonzero(either.any(axis=1))
    starts = either[rows].argmax(axis=1)
    assert length - len(motif) + 1 == either.shape[1]
    return MotifHits(rows, starts, ~forward[rows, starts])


def align_on_hits(values: np.ndarray, hits: MotifHits, width: int, flank: int) -> np.ndarray:
    """Cut windows around matches out of attributions and turn them to the motif's strand.

    values: (n, length, 4); returns (h, flank + width + flank, 4). Positions beyond a span's
    ends are NaN.
    """
    padded = np.pad(
        values.astype(np.float64), ((0, 0), (flank, flank), (0, 0)), constant_values=np.nan
    )
    columns = hits.starts[:, None] + np.arange(width + 2 * flank)[None, :]
    windows = padded[hits.rows[:, None], columns]
    windows[hits.reverse] = windows[hits.reverse, ::-1, ::-1]
    return windows


def spell(scores: np.ndarray) -> str:
    """The base of the highest score at each position of (length, 4)."""
    return "".join(chr(BASES[channel]) for channel in scores.argmax(axis=1))
