"""Pictures of a model's probes: what accessibility does, and where in a span a motif counts."""

from collections.abc import Mapping
from textwrap import fill

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cisfuse.figures.layouts import NOTE_WIDTH, SHADE
from cisfuse.figures.style import COLOURS, GREY, STYLE, new_figure

GROUPS = {
    "with_motif": ("bound spans with a motif", COLOURS[1], "-"),
    "without_motif": ("background spans without one", COLOURS[0], "--"),
    "bound": ("bound spans", COLOURS[1], "-"),
    "background": ("background spans", COLOURS[0], "--"),
}
OUTCOMES = {
    "true_positive": "true\npositives",
    "false_positive": "false\npositives",
    "false_negative": "false\nnegatives",
}
NICE = (1, 2, 5)
TICK_ROOM = 0.09  # least distance of two ticks, as a share of the axis
MOST_POINTS = 300


def plot_accessibility(
    response: pd.DataFrame,
    spans: pd.DataFrame,
    contributions: np.ndarray,
    threshold: float,
    title: str,
) -> Figure:
    """The logit against accessibility with the sequence fixed, and what accessibility
    contributes to the spans of test by outcome.

    response: the table that the rule probe_model writes, without rows for a model that does
    not read accessibility. contributions: (n,) in logits, a value per row of ``spans``.
    """
    with mpl.rc_context(STYLE):
        figure = new_figure(7.1, 3.6 if len(response) else 0.9)
        figure.suptitle(f"What accessibility does\n{title}", fontsize=10)
        if not len(response):
            sentence = "This model does not read accessibility."
            figure.text(0.5, 0.15, sentence, ha="center", color=GREY)
            return figure
        left, right = figure.subplots(1, 2, width_ratios=[1.35, 1])
        _draw_response(left, response, threshold)
        _draw_contributions(right, spans, contributions)
    return figure


def _draw_response(axes: Axes, response: pd.DataFrame, threshold: float) -> None:
    for group, (name, colour, line) in GROUPS.items():
        part = response[response["sequences"] == group].sort_values("transformed")
        if not len(part):
            continue
        label = f"{name} ({int(part['spans'].iloc[0])})"
        x = part["transformed"]
        axes.plot(x, part["logit_mean"], color=colour, linestyle=line, linewidth=1.6, label=label)
        axes.fill_between(x, part["logit_low"], part["logit_high"], color=colour, alpha=0.18, lw=0)
    dotted = {"color": "black", "linewidth": 0.9, "linestyle": ":"}
    axes.axhline(threshold, label="called bound from here", **dotted)
    values, places = raw_ticks(response["accessibility"], response["transformed"])
    axes.set_xticks(places, [f"{value:g}" for value in values])
    axes.margins(x=0)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.36 * (high - low))  # room for the legend
    axes.legend(
        loc="upper left",
        title="mean, and band of 80 % of the spans",
        title_fontsize=8,
        alignment="left",
    )
    axes.set_xlabel("accessibility of the span (raw, spaced as the model sees it)", fontsize=8)
    axes.set_ylabel("logit")
    axes.set_title("Response, sequence fixed", fontsize=9, loc="left")


def raw_ticks(raw: pd.Series, transformed: pd.Series) -> tuple[list[float], list[float]]:
    """Round raw values for an axis of transformed ones, and their places on it.

    0, and 1, 2 and 5 times powers of ten within the range, the highest decades first, as
    far as they keep `TICK_ROOM` apart. Places between the points are interpolated.
    """
    order = np.argsort(raw.to_numpy())
    known, places = raw.to_numpy(float)[order], transformed.to_numpy(float)[order]
    low, high = known[0], known[-1]
    decades = range(int(np.floor(np.log10(max(high, 1e-12)))), -13, -1)
    candidates = [float(f"{nice}e{decade}") for nice in NICE for decade in decades]
    room = TICK_ROOM * abs(places[-1] - places[0])
    chosen: list[tuple[float, float]] = []
    for value in ([0.0] if low <= 0 <= high else []) + candidates:
        place = float(np.interp(value, known, places))
        if low <= value <= high and all(abs(place - other) >= room for _, other in chosen):
            chosen.append((value, place))
    chosen.sort()
    return [value for value, _ in chosen], [place for _, place in chosen]


def _draw_contributions(axes: Axes, spans: pd.DataFrame, contributions: np.ndarray) -> None:
    generator = np.random.default_rng(0)  # spreads the points sideways
    test = (spans["split"] == "test").to_numpy()
    labels = []
    for place, (outcome, name) in enumerate(OUTCOMES.items()):
        values = contributions[test & (spans["outcome"] == outcome).to_numpy()]
        labels.append(f"{name}\n({len(values):,})")
        if not len(values):
            continue
        drawn = generator.permutation(values)[:MOST_POINTS]
        sideways = place + generator.uniform(-0.22, 0.22, len(drawn))
        axes.plot(
            sideways, drawn, ".", color=COLOURS[2], markersize=3, alpha=0.6, markeredgewidth=0
        )
        axes.boxplot(
            values,
            positions=[place],
            widths=0.55,
            showfliers=False,
            medianprops={"color": "black", "linewidth": 1.4},
        )
    axes.axhline(0, color=GREY, linewidth=0.6)
    axes.set_xticks(range(len(labels)), labels, fontsize=8)
    axes.set_xlim(-0.6, len(labels) - 0.4)
    axes.set_ylabel("against the median of train (logits)")
    axes.set_title("Contribution of accessibility, test", fontsize=9, loc="left")


def plot_margins(
    positions: pd.DataFrame,
    profile: pd.DataFrame,
    margin: Mapping[str, int | None],
    title: str,
    note: str = "",
) -> Figure:
    """What a motif adds by where it is put, and how much each base contributes by itself.

    positions, profile and margin are what the rule probe_model writes; without rows for a model
    that does not read sequence, and where there is no background to put a motif into. note: why
    there is no motif, if there is none.
    """
    with mpl.rc_context(STYLE):
        figure = new_figure(7.1, 4.4 if len(positions) else 0.9)
        figure.suptitle(f"Where in a span a motif counts\n{title}", fontsize=10)
        if not len(positions):
            sentence = fill(note, NOTE_WIDTH) or (
                "Not measured: no span of test that lacks the motifs is rightly called unbound,\n"
                "or the model does not read sequence."
            )
            figure.text(0.5, 0.15, sentence, ha="center", color=GREY)
            return figure
        upper, lower = figure.subplots(2, 1, sharex=True)
        _draw_gain(upper, positions, margin)
        _draw_profile(lower, profile)
        last = len(profile) - 1 if len(profile) else int(positions["start"].max())
        for axes in (upper, lower):
            _shade(axes, margin, last)
        lower.set_xlim(-0.5, last + 0.5)
        reach = f"{margin['padding_left']} and {margin['padding_right']}"
        lower.set_xlabel(f"Position in the span (bp); grey: reach of padding, {reach} bp")
    return figure


def _draw_gain(axes: Axes, positions: pd.DataFrame, margin: Mapping[str, int | None]) -> None:
    motif = positions["motif"].iloc[0]
    start, mean = positions["start"], positions["gain_mean"]
    low, high = mean - positions["gain_sd"], mean + positions["gain_sd"]
    axes.fill_between(start, low, high, color=COLOURS[1], alpha=0.18, linewidth=0)
    axes.plot(start, mean, color=COLOURS[1], linewidth=1.6)
    axes.axhline(0, color=GREY, linewidth=0.6)
    axes.set_ylabel(f"gain by {motif}\n(logits)")
    heading = f"{motif} put into {int(positions['spans'].iloc[0])} background spans"
    heading += ", by its first base; mean and standard deviation"
    left, right = margin["left"], margin["right"]
    if left is not None and right is not None and left + right < len(start):
        heading += f"\n{like_the_middle(left, right)} (dashed)"
        ends, whole = (left, start.max() - right), axes.get_xaxis_transform()
        axes.vlines(ends, 0, 1, "black", "--", linewidth=0.9, transform=whole)
    axes.set_title(heading, fontsize=8, loc="left")


def like_the_middle(left: int, right: int) -> str:
    """How far from each end, in bp, the gain is first that of the middle."""
    if not left and not right:
        return "the gain is that of the middle right up to both ends"
    words = [f"{off} bp from" if off else "right up to" for off in (left, right)]
    return f"the gain is that of the middle {words[0]} the left end and {words[1]} the right"


def _draw_profile(axes: Axes, profile: pd.DataFrame) -> None:
    axes.set_ylabel("mean |contribution|\n(logits)")
    axes.set_ylim(bottom=0)
    if len(profile):
        axes.step(profile["position"], profile["mean_absolute"], where="mid", color=COLOURS[0])
        axes.set_ylim(0, 1.1 * float(profile["mean_absolute"].max()) or 1.0)
        heading = f"{int(profile['spans'].iloc[0])} background spans as they are, base by base"
        axes.set_title(heading, fontsize=8, loc="left")


def _shade(axes: Axes, margin: Mapping[str, int | None], last: int) -> None:
    left, right = margin["padding_left"] or 0, margin["padding_right"] or 0
    for edges in ((-0.5, left - 0.5), (last - right + 0.5, last + 0.5)):
        if edges[1] > edges[0]:
            axes.axvspan(*edges, color=SHADE, linewidth=0, zorder=-5)
