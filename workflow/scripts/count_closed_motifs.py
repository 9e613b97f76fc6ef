"""Count what each entry calls bound of the motifs in closed chromatin, at one recall."""

from cisfuse.base.files import write_json, write_table
from cisfuse.dna.consensus import choose_words
from cisfuse.dna.matrices import choose_matrices
from cisfuse.interpretation.closed_motifs import count_entries
from cisfuse.jobs.job import rule_job

with rule_job(snakemake) as logger:
    inputs, params = snakemake.input, snakemake.params
    valid, test = (
        dict(zip(params.runs, paths, strict=True)) for paths in (inputs.valid, inputs.test)
    )
    matrices = choose_matrices(params.factor, params.matrices, params.group)
    words = choose_words(params.motifs, matrices, params.factor, params.length)
    table, facts = count_entries(inputs.manifest, words.searched, valid, test)
    write_table(table, snakemake.output.table, float_format="%.6g")
    write_json(facts, snakemake.output.facts)
    for chromatin in ("closed", "open"):
        counts = facts[chromatin]
        logger.info(
            "of %s test spans with a motif in %s chromatin %s are bound",
            f"{counts['spans']:,}",
            chromatin,
            f"{counts['bound']:,}",
        )
    logger.info(
        "calls in closed chromatin at the recall of %s, %.3f", facts["run"], facts["recall"]
    )
    for row in table.dropna(subset=["threshold"]).to_dict("records"):
        logger.info(
            "%s: %d of %d unbound, %d of %d bound",
            *(row["run"], row["unbound_called"], row["unbound"]),
            *(row["bound_called"], row["bound"]),
        )
