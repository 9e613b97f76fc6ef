"""Probe a model: its response to accessibility, to a motif's position, and its first filters."""

# First, so that TensorFlow's start-up lines go to the log.
from cisfuse.jobs.job import rule_job

# isort: split
from cisfuse.base.files import read_json, read_table, write_arrays, write_json, write_table
from cisfuse.dna.motifs import holds_any
from cisfuse.dna.tomtom import match_matrices
from cisfuse.interpretation.attribution import Explainer
from cisfuse.interpretation.contributions import project
from cisfuse.interpretation.explained import examples_of, read_arrays
from cisfuse.interpretation.first_layer import filter_table, filter_windows, firing_ppms
from cisfuse.interpretation.probes import (
    POSITION_COLUMNS,
    RESPONSE_COLUMNS,
    accessibility_grid,
    accessibility_response,
    draw_rows,
    empty,
    measured_margin,
    motif_gains,
    padding_reach,
    position_table,
    profile_table,
)
from cisfuse.prediction.logits import load_model
from cisfuse.training.devices import limit_threads

MOST_SPANS = 200  # bound ones; there are no more of the background

with rule_job(snakemake) as logger:
    limit_threads(snakemake.threads)
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    spans = read_table(inputs.spans)
    examples, role = examples_of(spans), spans["role"]
    model = load_model(inputs.model)
    explainer = Explainer(model, read_json(inputs.choice)["median_accessibility"])
    has_motif = holds_any(examples.sequences, params.motifs)
    bound = (role == "positive") & (spans["split"] == "test") & has_motif
    plain = (role == "background") & ~has_motif
    groups = {
        "with_motif": examples.take(draw_rows(bound.to_numpy(), MOST_SPANS, params.seed)),
        "without_motif": examples.take(plain.to_numpy()),
    }
    logger.info("%s", ", ".join(f"{len(group)} spans {name}" for name, group in groups.items()))

    response = empty(RESPONSE_COLUMNS)
    if "accessibility" in explainer.inputs and len(examples):
        grid = accessibility_grid(explainer, examples.signals["accessibility"])
        response = accessibility_response(explainer, groups, grid)
    write_table(response, output.response, float_format="%.6g")

    reads_sequence = "sequence" in explainer.inputs
    motif, background = params.motifs[0], groups["without_motif"]
    positions = empty(POSITION_COLUMNS)
    if reads_sequence and len(motif) <= examples.sequences.shape[1]:
        positions = position_table(motif, motif_gains(explainer.predict, background, motif))
    write_table(positions, output.positions, float_format="%.6g")
    measured = measured_margin(positions["gain_mean"].to_numpy(float)) or (None, None)
    padding = padding_reach(model)
    sides = ("left", "right", "padding_left", "padding_right")
    margin = dict(zip(sides, (*measured, *padding), strict=True))
    write_json(margin, output.margin)
    logger.info("margin: %s", margin)

    hypothetical = read_arrays(inputs.attributions)[params.method]
    projection = project(hypothetical, examples.sequences)[(role == "background").to_numpy()]
    write_table(
        profile_table(projection[: len(projection) if reads_sequence else 0]),
        output.profile,
        float_format="%.6g",
    )

    found = filter_windows(model, examples.sequences)
    write_arrays(output.arrays, {"counts": found.counts, "weights": found.weights})
    matches = match_matrices(firing_ppms(found), n_best=1, threads=snakemake.threads)
    write_table(filter_table(found, matches), output.filters, float_format="%.6g")
    logger.info("%d of %d filters fire", (found.windows > 0).sum(), len(found.windows))
