"""Label tiles by their overlap with peaks, or take the targets of a BED of spans."""

from collections.abc import Iterator
from functools import partial

import numpy as np
import pandas as pd

from cisfuse.base.files import read_by_chromosome, table_writer
from cisfuse.jobs.job import rule_job
from cisfuse.readers.genome import read_chromosome, read_sizes
from cisfuse.readers.intervals import read_blacklist, read_intervals, read_labelled_spans
from cisfuse.readers.names import read_names, renamed
from cisfuse.readers.spans import (
    drop_unusable,
    label_by_peaks,
    read_dropped,
    sort_spans,
    write_dropped,
)
from cisfuse.sources.spans.peaks import check_positives, read_labelling_peaks
from cisfuse.tasks.registry import part_of

Labelled = tuple[pd.DataFrame, dict[str, int]]  # spans, and the numbers of dropped ones


def label_tiles(inputs, params) -> Iterator[Labelled]:
    names = read_names(inputs.get("names") or params.names)
    peaks = renamed(read_labelling_peaks(inputs.peaks, params.peak_width), names, inputs.peaks)
    ambiguous = None
    if path := inputs.get("ambiguous"):
        ambiguous = renamed(read_intervals(path), names, path)
    positives = 0
    for tiles in read_by_chromosome(inputs.tiles):
        labelled = label_by_peaks(
            tiles, peaks, params.min_overlap, params.partial_overlap, ambiguous
        )
        positives += int(labelled[0]["label"].sum())
        yield labelled
    if params.whole and params.chromosomes:
        peaks = peaks[peaks["chrom"].isin(params.chromosomes)]
    check_positives(
        positives,
        peaks,
        inputs.peaks,
        length=params.length,
        min_overlap=params.min_overlap,
        whole=params.whole,
    )


def take_spans(inputs, params) -> Iterator[Labelled]:
    sizes = read_sizes(inputs.fai)
    chromosomes = params.chromosomes or list(sizes)
    names, blacklist = read_names(inputs.get("names") or params.names), inputs.get("blacklist")
    spans, dropped = drop_unusable(
        renamed(read_labelled_spans(inputs.spans, target), names, inputs.spans),
        sizes,
        chromosomes,
        renamed(read_blacklist(blacklist), names, blacklist),
        partial(read_chromosome, inputs.fasta),
        params.max_n_fraction,
    )
    yield sort_spans(spans, chromosomes), dropped


with rule_job(snakemake) as logger:
    inputs = snakemake.input
    tiled = "tiles" in inputs.keys()  # noqa: SIM118  not a dict
    target = part_of(snakemake.params.task, "target")
    dropped = read_dropped([inputs.dropped] if tiled else [])
    targets = []
    with table_writer(snakemake.output.spans) as write:
        for spans, counts in (label_tiles if tiled else take_spans)(inputs, snakemake.params):
            dropped.update(counts)
            targets.append(spans[target.TARGET].to_numpy())
            write(spans)
    found = np.concatenate(targets)
    words = target.count_words(found, "spans") if len(found) else "no spans"
    logger.info("%s; dropped %s", words, dict(dropped))
    write_dropped(dropped, snakemake.output.dropped)
