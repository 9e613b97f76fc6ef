"""Assign every span to train, valid or test, and join labels and signals to one table."""

import pandas as pd

from cisfuse.errors import DamagedFileError
from cisfuse.files import PIECE_ROWS, read_table, table_writer, write_table
from cisfuse.jobs import rule_job
from cisfuse.spans import read_dropped, span_names, write_dropped
from cisfuse.splits import assign_splits, count_splits


def read_part(spans_path: str, signals_path: str) -> pd.DataFrame:
    """Labelled spans with their signals beside them; both files have the same rows."""
    spans, signals = read_table(spans_path), read_table(signals_path)
    if len(spans) != len(signals):
        raise DamagedFileError(
            f"{signals_path}: {len(signals):,} rows, {spans_path} has {len(spans):,}; delete both "
            "and run again, and their rules make them anew"
        )
    return pd.concat([spans, signals], axis=1)


with rule_job(snakemake.log[0]) as logger:
    inputs, output = snakemake.input, snakemake.output
    parts = [read_part(*paths) for paths in zip(inputs.spans, inputs.signals, strict=True)]
    # A part without rows, of a chromosome shorter than a span, has no type for its signal.
    spans = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
    del parts
    splits, method = assign_splits(spans, snakemake.params.splits)
    spans["split"] = splits
    dropped = read_dropped(inputs.dropped)
    dropped["in the gap between two splits"] = int((splits == "").sum())
    spans = spans[splits != ""]
    dropped["kept"] = len(spans)
    counts = count_splits(spans, snakemake.wildcards.sample, method)
    if method == "random":
        logger.warning(
            "a random split leaks: neighbouring spans of one peak lie in train and in test, so "
            "scores are too good; use blocks or chromosomes for an honest score"
        )
    for row in counts.itertuples():
        logger.info("%s (%s): %s spans, %s positive", row.split, method, row.spans, row.positives)
    write_table(counts, output.splits)
    write_dropped(dropped, output.dropped)
    columns = ["chrom", "start", "end", "label", "split", "accessibility"]
    with table_writer(output.spans) as write:
        for start in range(0, len(spans), PIECE_ROWS):
            piece = spans[columns].iloc[start : start + PIECE_ROWS]
            piece.insert(0, "name", span_names(piece))
            write(piece)
