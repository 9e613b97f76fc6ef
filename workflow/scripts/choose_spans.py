"""Choose the spans that are explained, and find known sites and matrix matches on them."""

from cisfuse.base.files import write_json, write_table
from cisfuse.base.splits import SPLITS
from cisfuse.dna.matrices import choose_matrices
from cisfuse.interpretation.explained import choose_spans
from cisfuse.interpretation.sites import missed_words, sites_on_spans
from cisfuse.jobs.job import rule_job
from cisfuse.readers.intervals import read_sites
from cisfuse.sources.places import placed

with rule_job(snakemake) as logger:
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    predictions = dict(zip(SPLITS, inputs.predictions, strict=True))
    choice = choose_spans(
        inputs.manifest, predictions, params.motifs, most=params.most, seed=params.seed
    )
    places = placed(choice.spans)
    known = read_sites(inputs.sites) if inputs.get("sites") else None
    if known is not None and (missed := missed_words(inputs.sites, known, places)):
        logger.warning(missed)
    sites = sites_on_spans(
        choice.sequences,
        places,
        choose_matrices(params.factor, params.matrices),
        known=known,
        planted=params.motifs if params.planted else (),
    )
    logger.info("sites on them: %s", sites["source"].value_counts().to_dict() or "none")
    write_table(choice.spans, output.spans)
    write_table(sites, output.sites, float_format="%.6g")
    write_json(choice.facts, output.choice)
