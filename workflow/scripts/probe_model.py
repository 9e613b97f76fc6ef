"""Probe a model: its response to accessibility, to a motif's position, and its first filters."""

# First, so that TensorFlow's start-up lines go to the log.
from cisfuse.jobs.job import rule_job

# isort: split
from cisfuse.base.files import read_json, read_table, write_arrays, write_json, write_table
from cisfuse.interpretation.explained import examples_of, read_arrays
from cisfuse.interpretation.first_layer import filter_windows
from cisfuse.interpretation.probing import probe
from cisfuse.prediction.logits import load_model
from cisfuse.training.devices import limit_threads

with rule_job(snakemake) as logger:
    limit_threads(snakemake.threads)
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    spans, model = read_table(inputs.spans), load_model(inputs.model)
    choice = read_json(inputs.choice)
    examples = examples_of(spans)
    probed = probe(
        model,
        examples,
        spans,
        read_arrays(inputs.attributions)[params.method],
        median=choice["median_accessibility"],
        motifs=choice["motifs"],
        planted=choice["planted_motif"],
        seed=params.seed,
    )
    logger.info("margin: %s", probed.margin)
    for name in ("response", "positions", "profile"):
        write_table(getattr(probed, name), output[name], float_format="%.6g")
    write_json(probed.margin, output.margin)

    write_arrays(output.filters, vars(filter_windows(model, examples["sequence"])))
