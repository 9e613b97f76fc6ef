"""The headline of a study, as text for a terminal."""

from collections.abc import Mapping, Sequence

import pandas as pd


def headline(
    study: str, metrics: Mapping[str, pd.DataFrame], figures: Sequence[str], simulated: bool
) -> str:
    """Every model's scores on test, best average precision first, then the figures' paths.

    ``metrics`` has for each sample the table that the rule score_predictions writes.
    """
    lines = [f"Study {study}" + (" (SIMULATED data)" if simulated else "")]
    for sample, table in metrics.items():
        test = table[table["split"] == "test"]
        test = test.sort_values("average_precision", ascending=False, kind="stable")
        first = test.iloc[0]
        lines += [
            "",
            f"{sample}: {first['spans']:,} test spans, {first['positives']:,} positive, "
            f"prevalence {first['prevalence']:.4f}",
            f"  {'model':<26} {'seed':>4}  {'ROC-AUC':>7}  {'average precision':>17}",
        ]
        for row in test.itertuples():
            lines.append(
                f"  {row.model:<26} {row.seed!s:>4}  {row.roc_auc:>7.3f}  "
                f"{row.average_precision:>17.3f}"
            )
    lines += ["", "Figures (each also as SVG):", *(f"  {path}" for path in figures)]
    return "\n".join(lines) + "\n"
