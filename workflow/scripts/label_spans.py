"""Label tiles by their overlap with peaks, or take the labels of a BED of spans."""

from functools import partial

import pandas as pd

from cisfuse.files import read_table, write_table
from cisfuse.genome import read_chromosome, read_sizes
from cisfuse.intervals import read_blacklist, read_intervals, read_labelled_spans
from cisfuse.jobs import rule_job
from cisfuse.spans import drop_unusable, label_by_peaks, sort_spans, span_names


def label_tiles(inputs, params) -> tuple[pd.DataFrame, dict[str, int]]:
    tiles = read_table(inputs.tiles)
    earlier = read_table(inputs.dropped)
    spans, dropped = label_by_peaks(
        tiles, read_intervals(inputs.peaks), params.min_overlap, params.partial_overlap
    )
    return spans, {**dict(zip(earlier["reason"], earlier["spans"], strict=True)), **dropped}


def take_spans(inputs, params) -> tuple[pd.DataFrame, dict[str, int]]:
    sizes = read_sizes(inputs.fai)
    chromosomes = params.chromosomes or list(sizes)
    spans, dropped = drop_unusable(
        read_labelled_spans(inputs.spans),
        sizes,
        chromosomes,
        read_blacklist(inputs.get("blacklist")),
        partial(read_chromosome, inputs.fasta),
        params.max_n_fraction,
    )
    return sort_spans(spans, chromosomes), dropped


with rule_job(snakemake.log[0]) as logger:
    tiled = "tiles" in snakemake.input.keys()  # noqa: SIM118  not a dict
    label = label_tiles if tiled else take_spans
    spans, dropped = label(snakemake.input, snakemake.params)
    spans.insert(0, "name", span_names(spans))
    logger.info(
        "%s spans, %s positive; dropped %s",
        f"{len(spans):,}",
        f"{spans['label'].sum():,}",
        dropped,
    )
    write_table(spans, snakemake.output.spans)
    counts = pd.DataFrame({"reason": dropped.keys(), "spans": dropped.values()})
    write_table(counts, snakemake.output.dropped)
