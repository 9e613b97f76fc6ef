"""Sequence logos: letters as high as their values, and heights in bits."""

import logomaker
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cisfuse.dna.sequences import BASES
from cisfuse.figures.style import GREY

BASE_LETTERS = list(BASES.decode())
# Okabe and Ito's colours, in the customary order of a sequence logo.
LETTER_COLOURS = {"A": "#009E73", "C": "#0072B2", "G": "#E69F00", "T": "#D55E00"}


def draw_letters(axes: Axes, values: np.ndarray) -> None:
    """Draw letters as high as their values, (length, 4), channels A, C, G, T; NaN counts as 0."""
    table = pd.DataFrame(np.nan_to_num(values), columns=BASE_LETTERS)
    axes.axhline(0, color=GREY, linewidth=0.5)
    if table.to_numpy().any():
        logo = logomaker.Logo(table, ax=axes, color_scheme=LETTER_COLOURS, flip_below=False)
        # Hundreds of letters never leave their axes, and measuring them takes long.
        for patch in logo.ax.patches:
            patch.set_in_layout(False)
    axes.set_xlim(-0.5, len(table) - 0.5)


def information_heights(counts: np.ndarray) -> np.ndarray:
    """Heights of a logo's letters in bits: counts (width, 4) to float64 (width, 4).

    A letter has its share of the column's information, which is 2 bits minus the entropy and
    minus what so few sequences would show by chance, 3 / (2 ln(2) n), and not below 0:
    T. D. Schneider and R. M. Stephens, "Sequence logos: a new way to display consensus
    sequences" (Nucleic Acids Research 1990). A column without counts has no letters.
    """
    counts = np.asarray(counts, np.float64)
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, totals, where=totals > 0, out=np.zeros_like(counts))
    logarithms = np.log2(shares, where=shares > 0, out=np.zeros_like(shares))
    entropy = -(shares * logarithms).sum(axis=1, keepdims=True)
    chance = np.divide(3 / (2 * np.log(2)), totals, where=totals > 0, out=np.zeros_like(totals))
    return shares * np.maximum(2 - entropy - chance, 0)
