"""Find the motifs that a model learned in its attributions at positives, and name them."""

import os

import numpy as np

from cisfuse.base.files import (
    read_json,
    read_table,
    write_arrays,
    write_bytes,
    write_json,
    write_table,
)
from cisfuse.interpretation.discovery import (
    SETTINGS,
    discover,
    meme_text,
    name_patterns,
    pattern_arrays,
    pattern_words,
)
from cisfuse.interpretation.explained import read_arrays
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
    groups = read_json(snakemake.input.choice)["taxonomic_groups"]
    patterns, table = name_patterns(discovery.patterns, snakemake.threads, groups)
    for row in table.to_dict("records"):
        logger.info("%s", pattern_words(row))
    write_table(table, output.motifs, float_format="%.6g")
    names = [f"pattern_{number}" for number in table["pattern"]]
    write_bytes(meme_text(patterns, names).encode("ascii"), output.meme)
    write_arrays(output.patterns, pattern_arrays(patterns, table["pattern"]))
    about = {
        "method": params.method,
        "spans": len(rows),
        "seqlets": discovery.seqlets,
        "seqlets_needed": SETTINGS["min_metacluster_size"] + 1,
        "note": discovery.note,
    }
    write_json(about, output.discovery)
