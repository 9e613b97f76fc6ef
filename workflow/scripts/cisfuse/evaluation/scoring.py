"""All predictions of a sample scored, with intervals from resampled blocks of test."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd

from cisfuse.base.errors import DamagedFileError
from cisfuse.base.files import read_header, read_pieces
from cisfuse.evaluation.score_tables import (
    comparisons_table,
    curves_table,
    group_runs,
    metrics_row,
    metrics_table,
    parse_run,
)
from cisfuse.prediction.tables import has_places, read_predictions
from cisfuse.statistics.bootstrap import FEW_BLOCKS, draw_blocks
from cisfuse.statistics.scores import Scores, mean_scores

logger = logging.getLogger("cisfuse")

IDENTITY = ["model", "seed"]


class Sample:
    """The predictions of a sample's runs and splits, and resamples of its test.

    ``paths`` are files by (run, split), the first run's test first of all; ``target`` and
    ``scores`` are the parts of those names of the study's task; ``bootstrap`` has block_size,
    replicates, confidence and seed; ``unit`` is what examples are called.
    """

    def __init__(
        self,
        paths: Mapping[tuple[str, str], str | Path],
        target: ModuleType,
        scores: ModuleType,
        bootstrap: Mapping[str, float],
        units: str,
    ):
        self.paths, self.target, self.scores = paths, target, scores
        self.settings = dict(bootstrap)
        self.first = next(path for (_, split), path in paths.items() if split == "test")
        self.spans, _ = read_predictions(self.first, target)
        needed = scores.needed(self.spans[target.TARGET].to_numpy())
        self.resamples = draw_blocks(self.spans, needed, **self.settings)
        self.settings["block_size"] = self.resamples.block_size
        if not has_places(read_header(self.first)):
            del self.settings["block_size"]  # each example is a block
        self._warn(units)

    def _warn(self, units: str) -> None:
        """Say what was drawn, and warn where it is too little for intervals."""
        resamples, count = self.resamples, len(self.resamples.weights)
        if "block_size" in self.settings:
            what, each = "blocks", f" ({self.settings['block_size']:,} bp each)"
            fix = "take a smaller evaluation.block_size or more of the genome"
        else:
            what = units if count == len(self.spans) else f"groups of {units}"
            fix, each = f"take more {units}", ""
        place = f"{count} {what} of test{each}, {resamples.informative} that count"
        replicates = self.settings["replicates"]
        logger.info(
            "%s; %s of %s resamples cannot be scored", place, resamples.left_out, replicates
        )
        if resamples.informative < FEW_BLOCKS:
            logger.warning(
                "intervals rest on %s: they are rough and too narrow, or missing; %s for test",
                place,
                fix,
            )

    def score(
        self, runs: Sequence[str], splits: Sequence[str], main: str
    ) -> dict[str, pd.DataFrame]:
        """The tables of scores by name: metrics, comparisons, bootstrap, those of the task."""
        rows, scored = {}, {}
        extra: dict[str, dict] = {name: {} for name in self.scores.TABLES}
        for run in runs:
            if self._is_absent(run):
                logger.info("%s: not available", run)
                continue
            fitted = self._fit(run)
            rows[run] = []
            for split in splits:
                spans, outputs = self._read(run, split)
                if spans.empty:  # another program's predictions may be of test alone
                    continue
                drawn = self.resamples if split == "test" else None
                scored[run] = self.scores.score(spans, outputs, fitted, drawn)
                counts = self.scores.counts(spans)
                rows[run].append(metrics_row(run, split, counts, scored[run], drawn))
            rows[run][-1].update(self.scores.fitted_row(fitted))
            found = self.scores.tables(spans, outputs, fitted, self.settings["confidence"])
            for name, table in found.items():
                extra[name][parse_run(run)] = table
            first = self.scores.FIRST
            logger.info("%s: %s %.4g", run, first.replace("_", " "), rows[run][-1][first])
        return self._tables(rows, self._entries(list(rows), scored), main, extra)

    def _entries(self, runs: Sequence[str], scored: Mapping[str, Scores]) -> dict:
        return {
            entry: mean_scores([scored[run] for run in members])
            for entry, members in group_runs(runs).items()
        }

    def _tables(
        self, rows: Mapping[str, list], entries: Mapping, main: str, extra: Mapping[str, dict]
    ) -> dict[str, pd.DataFrame]:
        resamples, task = self.resamples, self.scores
        basis = {"blocks": len(resamples.weights), "informative": resamples.informative}
        tables = {
            "metrics": metrics_table(rows, entries, resamples, task),
            "comparisons": comparisons_table(entries, main, task.COMPARED, resamples),
            "bootstrap": pd.DataFrame([{**basis, **self.settings}]),
        }
        for name, parts in extra.items():
            tables[name] = pd.concat(parts, names=IDENTITY).reset_index(IDENTITY)
        if task.CURVES:
            tables["curves"] = curves_table(entries, task.CURVES, resamples)
        return tables

    def _is_absent(self, run: str) -> bool:
        """Whether a run has no rows at all: a baseline with nothing to be fitted on."""
        splits = [split for name, split in self.paths if name == run]
        return all(next(read_pieces(self.paths[run, split])).empty for split in splits)

    def _fit(self, run: str) -> object:
        spans, outputs = read_predictions(self.paths[run, "valid"], self.target)
        return self.scores.fit(spans[self.target.TARGET].to_numpy(), outputs)

    def _read(self, run: str, split: str) -> tuple[pd.DataFrame, np.ndarray]:
        path = self.paths[run, split]
        spans, outputs = read_predictions(path, self.target)
        if split == "test" and not spans.equals(self.spans):
            raise DamagedFileError(
                f"{path}: its {split} examples are not those of {self.first}, in their order; "
                "delete both and run again, and their rules make them anew"
            )
        return spans, outputs
