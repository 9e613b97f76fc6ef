"""Place the spans and variants that the config asks for on the genome."""

from functools import partial

from cisfuse.base.files import read_pieces, write_table
from cisfuse.interpretation.request_windows import NO_LABEL, place_requests
from cisfuse.interpretation.requests import parse_requests
from cisfuse.jobs.job import rule_job
from cisfuse.readers.genome import read_chromosome, read_sizes
from cisfuse.readers.names import read_names
from cisfuse.readers.signal_files import average_on, signal_kind

with rule_job(snakemake) as logger:
    inputs, params = snakemake.input, snakemake.params
    names = read_names(inputs.get("names") or params.names)
    requests = parse_requests(params.spans, params.variants)
    table = place_requests(
        requests,
        params.span_length,
        sizes=read_sizes(inputs.fai),
        genome=inputs.fasta,
        pieces=read_pieces(inputs.spans),
        read=partial(read_chromosome, inputs.fasta),
        signal=inputs.atac,
        average=partial(average_on, inputs.atac, names=names),
        spans_only=signal_kind(inputs.atac).spans_only,
    )
    write_table(table, snakemake.output[0])
    known = table[table["label"] != NO_LABEL]
    logger.info(
        "%d requests, %d of them on spans of the study", len(requests), known["request"].nunique()
    )
