"""Place the spans and variants that the config asks for on the genome."""

from functools import partial

import numpy as np
import pandas as pd

from cisfuse.base.files import read_pieces, write_table
from cisfuse.interpretation.request_windows import (
    check_places,
    check_windows,
    cut_windows,
    request_table,
    spans_near,
    what_is_known,
    window_starts,
    window_table,
    windows_on_spans,
)
from cisfuse.interpretation.requests import parse_requests
from cisfuse.jobs.job import rule_job
from cisfuse.readers.checks import signal_kind
from cisfuse.readers.genome import read_chromosome, read_sizes
from cisfuse.readers.signal_files import make_average


def average(windows: pd.DataFrame) -> np.ndarray:
    """Read of the signal's file only what is wanted, and nothing when nothing is."""
    return make_average(snakemake.input.atac, sorted(set(windows["chrom"])))(windows)


with rule_job(snakemake) as logger:
    inputs, params = snakemake.input, snakemake.params
    requests, length = parse_requests(params.spans, params.variants), params.span_length
    sizes = read_sizes(inputs.fai)
    check_places(requests, sizes, inputs.fasta)
    starts = window_starts(requests, length)
    spans = spans_near(read_pieces(inputs.spans), requests, starts, length)
    if signal_kind(inputs.atac) == "table":
        starts = windows_on_spans(requests, starts, length, spans)
    check_windows(requests, starts, length, sizes)
    sequences = cut_windows(requests, starts, length, partial(read_chromosome, inputs.fasta))
    windows = window_table(requests, starts, length)
    known = what_is_known(windows, spans, average, inputs.atac)
    write_table(request_table(requests, starts, sequences, known), snakemake.output[0])
    on_spans = int((known["label"] >= 0).sum())
    logger.info("%d requests, %d of them on spans of the study", len(requests), on_spans)
