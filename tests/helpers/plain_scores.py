"""The tables that score_predictions writes, made plainly from predictions for tests.

Resampling is of contiguous blocks of spans; numbers are consistent with each other, so that
what is drawn and written from them can be compared with them.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import auc as area_under
from sklearn.metrics import (
    average_precision_score,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)

from cisfuse.base.files import write_table

# Runs of the simulated scores with their shifts, and what each model and baseline reads.
SHIFTS = {
    "fusion_cnn/seed-0": 3,
    "fusion_cnn/seed-1": 2,
    "fusion_cnn/ensemble": 3,
    "sequence_cnn/seed-0": 1,
    "raw_accessibility": 2,
    "prevalence": 0,
    "other_program": 1.5,
}
BOTH = ["sequence", "accessibility"]
READS = {
    "fusion_cnn": BOTH,
    "sequence_cnn": BOTH[:1],
    "raw_accessibility": BOTH[1:],
    "prevalence": [],
}
GRID = np.linspace(0, 1, 51)
METRICS = [
    "average_precision",
    "average_precision_over_prevalence",
    "roc_auc",
    "au_prc",
    "recall_at_fdr_10",
    "recall_at_fdr_50",
    "peak_recall_at_fdr_10",
    "peak_recall_at_fdr_50",
    "brier",
    "brier_skill",
]
COMPARED = ["average_precision", "roc_auc", "recall_at_fdr_10", "recall_at_fdr_50", "brier"]


def simulate_predictions(
    shifts: Mapping[str, float], spans: int = 1200, seed: int = 0
) -> dict[str, dict[str, pd.DataFrame]]:
    """Predictions by run and split; a run's positives score higher by its shift."""
    generator = np.random.default_rng(seed)
    runs: dict = {run: {} for run in shifts}
    for split in ("valid", "test"):
        label = (generator.random(spans) < 0.05).astype(int)
        start = 101 * np.arange(spans)
        noise = generator.normal(size=spans)
        for run, shift in shifts.items():
            logit = noise + 0.3 * generator.normal(size=spans) + shift * label - 3
            runs[run][split] = pd.DataFrame(
                {"chrom": "chr22", "start": start, "end": start + 101, "label": label}
            ).assign(logit=logit)
    return runs


def _score(label: np.ndarray, logit: np.ndarray, probability: np.ndarray) -> dict[str, float]:
    precision, recall, _ = precision_recall_curve(label, logit)
    share = label.mean()
    brier = float(np.mean((probability - label) ** 2))
    found = {limit: recall[:-1][precision[:-1] >= 1 - limit] for limit in (0.1, 0.5)}
    at = {limit: float(values.max(initial=0)) for limit, values in found.items()}
    average = average_precision_score(label, logit)
    values = [average, average / share, roc_auc_score(label, logit), area_under(recall, precision)]
    values += [at[0.1], at[0.5], at[0.1], at[0.5], brier, 1 - brier / (share * (1 - share))]
    return dict(zip(METRICS, values, strict=True))


class Scores:
    """Scores of runs on one sample; ``replicates`` resamplings of ``blocks`` blocks."""

    def __init__(self, predictions, blocks: int = 12, replicates: int = 40):
        self.predictions = predictions
        self.label = next(iter(predictions.values()))["test"]["label"].to_numpy()
        pieces = np.array_split(np.arange(len(self.label)), blocks)
        generator = np.random.default_rng(7)
        draws = [generator.integers(0, blocks, blocks) for _ in range(replicates)]
        self.rows = [np.concatenate([pieces[block] for block in draw]) for draw in draws]
        self.bootstrap = {"blocks": blocks, "informative": blocks, "block_size": 500_000}
        self.bootstrap["replicates"] = replicates
        self.entries: dict[str, list[str]] = {}
        for run in predictions:
            entry = run.partition("/seed-")[0]
            self.entries.setdefault(entry, []).append(run)
        self.platt, self.probability, self.points, self.drawn = {}, {}, {}, {}
        for run, tables in predictions.items():
            valid, test = tables["valid"], tables["test"]["logit"].to_numpy()
            model = LogisticRegression(C=np.inf).fit(valid[["logit"]].to_numpy(), valid["label"])
            self.platt[run] = (model.coef_[0, 0], model.intercept_[0])
            self.probability[run] = model.predict_proba(test[:, None])[:, 1]
            self.points[run] = self._score(run, slice(None))
            self.drawn[run] = pd.DataFrame([self._score(run, rows) for rows in self.rows])

    def _score(self, run: str, rows) -> dict[str, float]:
        logit = self.predictions[run]["test"]["logit"].to_numpy()
        return _score(self.label[rows], logit[rows], self.probability[run][rows])

    def _replicates(self, entry: str) -> pd.DataFrame:
        return sum(self.drawn[run] for run in self.entries[entry]) / len(self.entries[entry])

    def _row(self, name: str, seed: str, split: str, metrics: Mapping) -> dict:
        label = self.predictions[name][split]["label"]
        counts = {"spans": len(label), "positives": label.sum(), "prevalence": label.mean()}
        model = name.partition("/")[0]
        return {"model": model, "seed": seed, "split": split, **counts, "peaks": 9, **metrics}

    def metrics(self) -> pd.DataFrame:
        rows = []
        for entry, runs in self.entries.items():
            for run in runs:
                tables = self.predictions[run]["valid"]
                logit = tables["logit"].to_numpy()
                valid = _score(tables["label"].to_numpy(), logit, 1 / (1 + np.exp(-logit)))
                seed = run.partition("/seed-")[2] or run.partition("/")[2]
                rows.append(self._row(run, seed, "valid", valid))
                slope, intercept = self.platt[run]
                platt = {"platt_slope": slope, "platt_intercept": intercept}
                both = {**self.points[run], **_bounds(self.drawn[run]), **platt}
                rows.append(self._row(run, seed, "test", both))
            if len(runs) > 1:
                points = pd.DataFrame([self.points[run] for run in runs])
                spread = points.std(ddof=1).add_suffix("_sd").to_dict()
                mean = {**points.mean(), **_bounds(self._replicates(entry)), **spread}
                rows.append(self._row(runs[0], "mean", "test", mean))
        table = pd.DataFrame(rows)
        counts = ["model", "seed", "split", "spans", "positives", "prevalence", "peaks"]
        columns = [f"{m}{end}" for m in METRICS for end in ("", "_low", "_high", "_sd")]
        return table.reindex(columns=[*counts, *columns, "platt_slope", "platt_intercept"])

    def _point(self, entry: str, metric: str) -> float:
        return float(np.mean([self.points[run][metric] for run in self.entries[entry]]))

    def comparisons(self, main: str) -> pd.DataFrame:
        rows = []
        for model in (main, f"{main}/ensemble"):
            for other in self.entries if model in self.entries else ():
                for metric in COMPARED if other != model else ():
                    paired = self._replicates(model)[metric] - self._replicates(other)[metric]
                    difference = self._point(model, metric) - self._point(other, metric)
                    rows.append([model, other, metric, difference, *_quantiles(paired)])
        return pd.DataFrame(rows, columns=["model", "other", "metric", "difference", "low", "high"])

    def calibration(self, bins: int = 10) -> pd.DataFrame:
        rows = []
        for run, values in self.probability.items():
            order = np.argsort(values)
            place = np.cumsum(values[order]) / values.sum() * bins
            number = np.minimum(np.ceil(place).astype(int), bins)
            model, _, seed = run.replace("seed-", "").partition("/")
            for which in np.unique(number):
                inside = order[number == which]
                wilson = _wilson(int(self.label[inside].sum()), len(inside))
                counts = [len(inside), self.label[inside].sum(), values[inside].mean()]
                observed = self.label[inside].mean()
                rows.append([model, seed, which, *counts, observed, *wilson])
        columns = "model seed bin spans positives predicted observed low high"
        return pd.DataFrame(rows, columns=columns.split())

    def _curve(self, run: str, rows, curve: str) -> np.ndarray:
        label, logit = self.label[rows], self.predictions[run]["test"]["logit"].to_numpy()[rows]
        if curve == "roc":
            x, y, _ = roc_curve(label, logit)
            return np.interp(GRID, x, y)
        precision, recall, _ = precision_recall_curve(label, logit)
        return np.array([precision[recall >= x].max() for x in GRID])

    def curves(self) -> pd.DataFrame:
        parts = []
        for runs in self.entries.values():
            model, _, seed = runs[0].replace("seed-", "").partition("/")
            for curve in ("roc", "precision_recall"):
                point = np.mean([self._curve(run, slice(None), curve) for run in runs], axis=0)
                drawn = [
                    np.mean([self._curve(run, rows, curve) for run in runs], axis=0)
                    for rows in self.rows
                ]
                low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
                seed = "mean" if len(runs) > 1 else seed
                names = {"model": model, "seed": seed, "curve": curve}
                parts.append(
                    pd.DataFrame({**names, "x": GRID, "y": point, "low": low, "high": high})
                )
        return pd.concat(parts, ignore_index=True)

    def write(self, folder: Path, main: str) -> None:
        """Write all tables by the names of the rule's outputs."""
        folder.mkdir(parents=True, exist_ok=True)
        bootstrap = pd.DataFrame([{**self.bootstrap, "confidence": 0.95, "seed": 0}])
        write_table(self.metrics(), folder / "metrics.tsv", float_format="%.6g")
        write_table(self.comparisons(main), folder / "comparisons.tsv", float_format="%.6g")
        write_table(self.calibration(), folder / "calibration.tsv", float_format="%.6g")
        write_table(self.curves(), folder / "curves.tsv.gz", float_format="%.6g")
        write_table(bootstrap, folder / "bootstrap.tsv")


def _quantiles(values: Sequence[float]) -> np.ndarray:
    return np.quantile(values, [0.025, 0.975])


def _bounds(replicates: pd.DataFrame) -> dict[str, float]:
    low, high = replicates.quantile(0.025), replicates.quantile(0.975)
    return {**low.add_suffix("_low"), **high.add_suffix("_high")}


def _wilson(positives: int, spans: int, z: float = 1.959964) -> tuple[float, float]:
    share = positives / spans
    middle = (share + z**2 / (2 * spans)) / (1 + z**2 / spans)
    half = z / (1 + z**2 / spans) * np.sqrt(share * (1 - share) / spans + z**2 / (4 * spans**2))
    return middle - half, middle + half
