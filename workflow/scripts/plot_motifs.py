"""Draw the discovered motifs and the filters of the first layer."""

import numpy as np

from cisfuse.base.files import read_json, read_table
from cisfuse.base.wording import name_of
from cisfuse.dna.matrices import choose_matrices
from cisfuse.figures.motifs import plot_filters, plot_motifs
from cisfuse.figures.style import save_figure
from cisfuse.interpretation.explained import read_arrays
from cisfuse.jobs.job import rule_job

with rule_job(snakemake):
    inputs, output = snakemake.input, snakemake.output
    title = f"{name_of(snakemake.wildcards.model)}, {snakemake.params.title}"
    table = read_table(inputs.motifs)
    patterns = read_arrays(inputs.patterns)
    wanted = [name for name in dict.fromkeys(table["id_1"]) if name]
    matrices = {
        motif.matrix_id: np.array([motif.counts[base] for base in "ACGT"]).T
        for motif in (choose_matrices("", wanted) if wanted else [])
    }
    note = read_json(inputs.discovery)["note"]
    save_figure(plot_motifs(table, patterns, matrices, note, title), output.motifs)
    counts = read_arrays(inputs.arrays)["counts"]
    save_figure(plot_filters(read_table(inputs.filters), counts, title), output.filters)
