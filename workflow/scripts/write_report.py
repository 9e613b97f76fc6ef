"""Write the study's page: one file that opens in any browser and asks for no other."""

from pathlib import Path

import pandas as pd

from cisfuse import __version__
from cisfuse.base.files import read_json, write_bytes
from cisfuse.evaluation.entries import read_scores
from cisfuse.interpretation.figures import FIGURES as FIGURES_OF_MODELS
from cisfuse.jobs.job import rule_job
from cisfuse.report.explanation_page import explain
from cisfuse.report.explanation_tables import Tables, read_found
from cisfuse.report.page import (
    LEARNING,
    Section,
    judge,
    render_page,
    reproduce,
    study_rows,
)
from cisfuse.report.pages import picture
from cisfuse.report.reproduction import search_words
from cisfuse.report.study_facts import sample_facts, training_words
from cisfuse.report.tables import audit_rows, split_rows
from cisfuse.sources.audit_words import describe_audit, is_leaking

FIGURES = ("roc", "precision_recall", "ablation", "calibration")
TABLES = ("metrics", "comparisons", "bootstrap")
BOTH_CONVENTIONS = ("called_labels", "convention_comparisons")

with rule_job(snakemake) as logger:
    inputs, params = snakemake.input, snakemake.params
    model_names = list(params.settings)
    places = {row["sample"]: f"{row['factor']} in {row['cell']}" for row in params.samples}
    audits: dict[str, pd.DataFrame] = {}
    splits: dict[str, pd.DataFrame] = {}
    for name, audit, counts in zip(places, inputs.audit, inputs.splits, strict=True):
        audits[name], splits[name] = read_scores(audit), read_scores(counts)
        audits[name] = audits[name].astype({"count": int, "of": int})

    scores, reproductions, searches = {}, {}, {}
    for number, scored in enumerate(params.scored):
        sample, _, pooled = scored.partition("/")
        method = splits[sample]["method"].iloc[0]
        tables = {table: read_scores(inputs[table][number]) for table in TABLES}
        scores[scored] = judge(
            tables,
            params.reads,
            model_names[0],
            f"{places[sample]}, " + (f"{params.folds} folds pooled" if pooled else "test split"),
            {kind: inputs[kind][number] for kind in FIGURES},
            simulated=params.simulated,
            leaks=not pooled and is_leaking(audits[sample], method),
            sequences=params.sequences,
        )
        # Samples come first; folds have neither.
        if not pooled and inputs.get("called_labels"):
            tables |= {table: read_scores(inputs[table][number]) for table in BOTH_CONVENTIONS}
            reproductions[sample] = reproduce(tables, model_names, params.published)
        if not pooled and inputs.get("string_search"):
            search = read_scores(inputs.string_search[number])
            searches[sample] = search_words(search, scores[sample].entries, model_names)

    learning = {
        sample: picture(path, f"{LEARNING[0]} {places[sample]}", " ".join(LEARNING))
        for sample, path in zip(params.trained, inputs.get("learning", []), strict=False)
    }

    # Of every trained sample the files of all explained models, one after the other.
    tables = {name: iter(inputs[f"explained_{name}"]) for name in ("methods", "motifs")}
    records = {name: iter(inputs[f"explained_{name}"]) for name in ("discovery", "choice")}
    explanations = {}
    for number, sample in enumerate(params.trained if params.explained else []):
        found = {
            model: Tables(
                **{name: read_found(next(paths)) for name, paths in tables.items()},
                **{name: read_json(next(paths)) for name, paths in records.items()},
            )
            for model in params.explained
        }
        figures = {
            figure.name: inputs[f"figure_{figure.name}"][number]
            for figure in FIGURES_OF_MODELS
            if inputs.get(f"figure_{figure.name}")
        }
        explanations[sample] = explain(found, figures, places[sample], params.unit)

    models, training = training_words(
        params.settings, params.seeds, params.rounds, sequences=params.sequences
    )
    sections = []
    for row in params.samples:
        sample = row["sample"]
        method = splits[sample]["method"].iloc[0]
        facts = sample_facts(
            row,
            genome=params.genome,
            span_length=params.span_length,
            method=method,
            models=models,
            training=training,
            count=int(splits[sample]["spans"].sum()),
        )
        sections.append(
            Section(
                sample,
                places[sample],
                facts,
                split_rows(splits[sample]),
                scores[sample],
                audit_rows(audits[sample]),
                describe_audit(audits[sample], method),
                folds=scores.get(f"{sample}/folds"),
                search=searches.get(sample, ""),
                reproduction=reproductions.get(sample),
                learning=learning.get(sample),
                explanation=explanations.get(sample),
            )
        )
    page = render_page(
        Path(snakemake.scriptdir).parent / "report" / "page.html.j2",
        study=snakemake.wildcards.study,
        simulated=params.simulated,
        sequences=params.sequences,
        version=__version__,
        folds=params.folds,
        overview=study_rows(scores, params.folds) if len(scores) > 1 else [],
        summary=picture(inputs.summary, "Scores of all samples", "") if len(scores) > 1 else None,
        sections=sections,
    )
    write_bytes(page.encode(), snakemake.output[0])
    logger.info("wrote %d sample(s), %.1f MB", len(sections), len(page) / 1e6)
