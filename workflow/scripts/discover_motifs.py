"""Find the motifs that a model learned in its attributions at positives, and name them."""

import os

import numpy as np

from cisfuse.base.files import read_table, write_arrays, write_bytes, write_json, write_table
from cisfuse.interpretation.discovery import SETTINGS, discover, meme_text, name_patterns
from cisfuse.interpretation.explained import read_arrays
from cisfuse.jobs.job import rule_job

with rule_job(snakemake) as logger:
    # Numba reads it when it is imported, by modisco-lite, which bounds its processes by it.
    os.environ["NUMBA_NUM_THREADS"] = str(snakemake.threads)
    output, method = snakemake.output, snakemake.params.method
    spans = read_table(snakemake.input.spans)
    found = read_arrays(snakemake.input.attributions)
    rows = np.flatnonzero(spans["role"] == "positive")
    discovery = discover(found[method][rows], found["sequences"][rows], snakemake.params.unit)
    patterns, table = name_patterns(discovery.patterns, snakemake.threads)
    if discovery.note:
        logger.warning("%s", discovery.note)
    for row in table.to_dict("records"):
        best = f"most like {row['match_1']} (q {row['q_1']:.2g})" if row["q_1"] <= 1 else "no match"
        facts = (row[name] for name in ("pattern", "sign", "seqlets", "consensus"))
        logger.info("pattern %d, %s, %d seqlets: %s, %s", *facts, best)
    write_table(table, output.motifs, float_format="%.6g")
    names = [f"pattern_{number}" for number in table["pattern"]]
    write_bytes(meme_text(patterns, names).encode("ascii"), output.meme)
    arrays = {}
    for number, pattern in zip(table["pattern"], patterns, strict=True):
        arrays |= {f"ppm_{number}": pattern.ppm, f"cwm_{number}": pattern.cwm}
    write_arrays(output.patterns, arrays)
    about = {
        "method": method,
        "spans": len(rows),
        "seqlets": discovery.seqlets,
        "seqlets_needed": SETTINGS["min_metacluster_size"] + 1,
        "note": discovery.note,
    }
    write_json(about, output.discovery)
