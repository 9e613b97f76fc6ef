"""Find the motifs that a model learned in its attributions at positives."""

import os

import numpy as np

from cisfuse.base.files import read_table, write_arrays, write_json
from cisfuse.interpretation.discovery import SETTINGS, discover
from cisfuse.interpretation.explained import read_arrays
from cisfuse.interpretation.patterns import pattern_arrays
from cisfuse.jobs.job import rule_job

with rule_job(snakemake) as logger:
    # Numba reads it when it is imported, by modisco-lite, which bounds its processes by it.
    os.environ["NUMBA_NUM_THREADS"] = str(snakemake.threads)
    params, output = snakemake.params, snakemake.output
    spans = read_table(snakemake.input.spans)
    found = read_arrays(snakemake.input.attributions)
    rows = np.flatnonzero(spans["role"] == "positive")
    discovery = discover(found[params.method][rows], found["sequences"][rows], params.unit)
    if discovery.note:
        logger.warning("%s", discovery.note)
    write_arrays(output.discovered, pattern_arrays(discovery.patterns))
    about = {
        "method": params.method,
        "spans": len(rows),
        "seqlets": discovery.seqlets,
        "seqlets_needed": SETTINGS["min_metacluster_size"] + 1,
        "note": discovery.note,
    }
    write_json(about, output.discovery)
