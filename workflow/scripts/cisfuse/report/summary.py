"""The headline of a study, as text for a terminal and as a table."""

from collections.abc import Mapping, Sequence
from textwrap import wrap
from types import ModuleType

import pandas as pd

from cisfuse.base.wording import format_interval, format_score

INDENT = {"initial_indent": "    ", "subsequent_indent": "    ", "break_on_hyphens": False}


def headline(
    study: str,
    entries: Mapping[str, pd.DataFrame],
    figures: Sequence[str],
    simulated: bool,
    words: ModuleType,
    units: str,
    absent: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """Every entry's scores on test, the best first, then the figures' paths.

    ``entries`` has for each sample those of `cisfuse.evaluation.entries.scored_entries`;
    ``words`` is the part of that name of the study's task, ``units`` what examples are called;
    ``absent`` names baselines that are not available, by sample.
    """
    first_metric = words.JUDGED[0]
    names = [words.METRIC_NAMES[metric] for metric in words.JUDGED]
    lines = [f"Study {study}" + (" (SIMULATED data)" if simulated else "")]
    for sample, table in entries.items():
        ascending = first_metric in words.LOWER_IS_BETTER
        ranked = table.sort_values(first_metric, ascending=ascending, kind="stable")
        first = ranked.iloc[0]
        missing = (absent or {}).get(sample.partition("/")[0], ())
        width = max(map(len, [*ranked["entry"], *missing]))
        lines += [
            "",
            f"{sample}: {words.headline(first, units)}",
            f"  {'entry':<{width}}  seeds  {names[0]:<31}  {names[1]}",
        ]
        for _, row in ranked.iterrows():
            numbers = [_numbers(row, metric) for metric in words.JUDGED]
            line = f"  {row['entry']:<{width}}  {row['seeds'] or '':>5}  {numbers[0]:<31}  "
            lines.append((line + numbers[1]).rstrip())
        lines += [f"  {name:<{width}}         not available" for name in missing]
    lines += [
        "",
        f"Read first: results/{study}/report.html",
        "",
        "Figures (each also as SVG):",
        *figure_lines(figures),
    ]
    return "\n".join(lines) + "\n"


def figure_lines(figures: Sequence[str]) -> list[str]:
    """The figures of each folder beneath it."""
    folders: dict[str, list[str]] = {}
    for path in figures:
        folder, _, name = path.rpartition("/")
        folders.setdefault(folder, []).append(name)
    lines = []
    for folder, names in folders.items():
        lines += [f"  {folder}/", *wrap(" ".join(names), 96, break_long_words=False, **INDENT)]
    return lines


def _numbers(row: pd.Series, metric: str) -> str:
    """A score, its standard deviation over seeds and its interval, in columns; in ASCII."""
    spread = format_score(row[f"{metric}_sd"])
    spread = f"+- {spread}" if spread else ""
    interval = format_interval(row[f"{metric}_low"], row[f"{metric}_high"])
    return f"{format_score(row[metric])} {spread:<8} {interval}".rstrip()


def summary_table(entries: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """All entries of all samples with all their metrics: sample, model, seed, then the rest."""
    tables = [
        table.drop(columns=["entry", "seeds", "split"]).assign(sample=sample)
        for sample, table in entries.items()
    ]
    table = pd.concat(tables, ignore_index=True)
    return table[["sample", *table.columns.drop("sample")]]
