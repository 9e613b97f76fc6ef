"""Name the discovered motifs and the filters of the first layer after matrices of JASPAR."""

from cisfuse.base.files import read_json, write_arrays, write_bytes, write_table
from cisfuse.dna.tomtom import match_matrices
from cisfuse.interpretation.explained import read_arrays
from cisfuse.interpretation.filters import FilterWindows, filter_table, firing_ppms
from cisfuse.interpretation.patterns import (
    meme_text,
    name_patterns,
    pattern_arrays,
    pattern_words,
    patterns_from,
)
from cisfuse.jobs.job import rule_job

with rule_job(snakemake) as logger:
    inputs, output, threads = snakemake.input, snakemake.output, snakemake.threads
    groups = read_json(inputs.choice)["taxonomic_groups"]
    patterns, table = name_patterns(patterns_from(read_arrays(inputs.discovered)), threads, groups)
    for row in table.to_dict("records"):
        logger.info("%s", pattern_words(row))
    write_table(table, output.motifs, float_format="%.6g")
    names = [f"pattern_{number}" for number in table["pattern"]]
    write_bytes(meme_text(patterns, names).encode("ascii"), output.meme)
    write_arrays(output.patterns, pattern_arrays(patterns))

    found = FilterWindows(**read_arrays(inputs.filters))
    matches = match_matrices(firing_ppms(found), 1, threads, groups)
    write_table(filter_table(found, matches), output.filters, float_format="%.6g")
    logger.info("%d of %d filters fire", (found.windows > 0).sum(), len(found.windows))
