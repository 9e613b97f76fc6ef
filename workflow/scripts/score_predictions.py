"""Score all predictions of a sample, with intervals from resampled blocks of test."""

from itertools import product

import pandas as pd

from cisfuse.base.errors import DamagedFileError
from cisfuse.base.files import read_header, write_table
from cisfuse.evaluation.score_tables import (
    comparisons_table,
    curves_table,
    group_runs,
    metrics_row,
    metrics_table,
    parse_run,
)
from cisfuse.jobs.job import rule_job
from cisfuse.prediction.tables import has_places, read_predictions
from cisfuse.statistics.bootstrap import FEW_BLOCKS, draw_blocks
from cisfuse.statistics.calibration import Platt, calibration_bins, fit_platt, squared_errors
from cisfuse.statistics.scores import mean_scores, score

IDENTITY = ["model", "seed"]


def calibrate(path: str) -> Platt:
    """Platt scaling by a table of valid; without rows the logits are log-odds as they are."""
    spans, logits = read_predictions(path)
    return fit_platt(spans["label"].to_numpy(), logits) if len(spans) else Platt()


with rule_job(snakemake) as logger:
    output, params = snakemake.output, snakemake.params
    settings = dict(params.bootstrap)
    pairs = product(params.runs, params.splits)
    paths = dict(zip(pairs, snakemake.input.predictions, strict=True))
    first = paths[params.runs[0], "test"]
    test_spans, _ = read_predictions(first)
    resamples = draw_blocks(test_spans, **settings)
    count = len(resamples.weights)
    place = f"{count} blocks of test, {resamples.informative} with positives"
    mend = "take a smaller evaluation.block_size or more of the genome"
    if not has_places(read_header(first)):
        del settings["block_size"]  # each sequence is a block
        units = "sequences" if count == len(test_spans) else "groups of sequences"
        place = f"{count} {units} of test, {resamples.informative} with a positive"
        mend = "take more sequences"
    logger.info(
        "%s; %s of %s resamples lack a label", place, resamples.left_out, settings["replicates"]
    )
    if resamples.informative < FEW_BLOCKS:
        logger.warning(
            "intervals rest on %s: they are rough and too narrow, or missing; %s for test",
            place,
            mend,
        )
    rows, scored, bins = {}, {}, {}
    for run in params.runs:
        rows[run], platt = [], calibrate(paths[run, "valid"])
        for split in params.splits:
            path, drawn = paths[run, split], resamples if split == "test" else None
            spans, logits = read_predictions(path)
            if drawn and not spans.equals(test_spans):
                raise DamagedFileError(
                    f"{path}: its spans are not those of {first}, in their order; delete both "
                    "and run again, and their rules make them anew"
                )
            if spans.empty:  # another program's predictions may be of test alone
                continue
            labels, probabilities = spans["label"].to_numpy(), platt.probabilities(logits)
            scored[run] = score(spans, logits, squared_errors(labels, probabilities), drawn)
            rows[run].append(metrics_row(run, split, spans, scored[run], drawn))
        rows[run][-1].update(platt_slope=platt.slope, platt_intercept=platt.intercept)
        bins[parse_run(run)] = calibration_bins(labels, probabilities, settings["confidence"])
        logger.info("%s: average precision %.4g", run, rows[run][-1]["average_precision"])
    entries = {
        entry: mean_scores([scored[run] for run in members])
        for entry, members in group_runs(params.runs).items()
    }
    basis = {"blocks": count, "informative": resamples.informative}
    tables = {
        output.metrics: metrics_table(rows, entries, resamples),
        output.comparisons: comparisons_table(entries, params.main, resamples),
        output.calibration: pd.concat(bins, names=IDENTITY).reset_index(IDENTITY),
        output.curves: curves_table(entries, resamples),
        output.bootstrap: pd.DataFrame([{**basis, **settings}]),
    }
    for path, table in tables.items():
        write_table(table, path, float_format="%.6g")
