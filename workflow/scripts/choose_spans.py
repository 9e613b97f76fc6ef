"""Choose the motifs and the spans that are explained, and find known sites and matrix matches."""

from cisfuse.base.files import write_json, write_table
from cisfuse.base.splits import SPLITS
from cisfuse.dna.consensus import choose_words
from cisfuse.dna.matrices import choose_matrices, groups_of
from cisfuse.interpretation.explained import choose_spans
from cisfuse.interpretation.sites import missed_words, sites_on_spans
from cisfuse.jobs.job import rule_job
from cisfuse.readers.intervals import read_sites
from cisfuse.readers.names import read_names, renamed
from cisfuse.sources.places import placed

with rule_job(snakemake) as logger:
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    predictions = dict(zip(SPLITS, inputs.predictions, strict=True))
    matrices = choose_matrices(params.factor, params.matrices, params.group)
    words = choose_words(params.motifs, matrices, params.factor, params.length)
    logger.info("motifs: %s", words.note or ", ".join(words.searched))
    choice = choose_spans(
        inputs.manifest, predictions, words.searched, most=params.most, seed=params.seed
    )
    places = placed(choice.spans)
    names = read_names(inputs.get("names") or params.names)
    known = renamed(read_sites(inputs.sites), names, inputs.sites) if inputs.get("sites") else None
    if known is not None and (missed := missed_words(inputs.sites, known, places)):
        logger.warning(missed)
    sites = sites_on_spans(
        choice.sequences,
        places,
        matrices,
        known=known,
        planted=words.searched if params.planted else (),
    )
    logger.info("sites on them: %s", sites["source"].value_counts().to_dict() or "none")
    write_table(choice.spans, output.spans)
    write_table(sites, output.sites, float_format="%.6g")
    about = {
        "motifs": words.searched,
        "planted_motif": words.planted,
        "motifs_note": words.note,
        "taxonomic_groups": groups_of(matrices, params.group),
    }
    write_json(choice.facts | about, output.choice)
