# Stage: report.
# Needs: scores, curves and paired differences of every sample, rounds of training, audits.
# Makes: figures in evaluation/SAMPLE/; summary.txt, .tsv and .png; report.html; provenance.json
#        of the study and in the folder of each stage of a sample.
# Steps: plot_curves, plot_rounds, summarise_study, write_report, record_provenance.


rule plot_curves:
    input:
        metrics="results/{study}/evaluation/{sample}/metrics.tsv",
        curves="results/{study}/evaluation/{sample}/curves.tsv.gz",
        comparisons="results/{study}/evaluation/{sample}/comparisons.tsv",
        calibration="results/{study}/evaluation/{sample}/calibration.tsv",
    output:
        roc=report(
            "results/{study}/evaluation/{sample}/roc.png",
            caption="../report/roc.rst",
            category="Scores",
            labels={"sample": "{sample}", "figure": "ROC"},
        ),
        precision_recall=report(
            "results/{study}/evaluation/{sample}/precision_recall.png",
            caption="../report/precision_recall.rst",
            category="Scores",
            labels={"sample": "{sample}", "figure": "precision and recall"},
        ),
        ablation=report(
            "results/{study}/evaluation/{sample}/ablation.png",
            caption="../report/ablation.rst",
            category="Scores",
            labels={"sample": "{sample}", "figure": "ablation"},
        ),
        calibration=report(
            "results/{study}/evaluation/{sample}/calibration.png",
            caption="../report/calibration.rst",
            category="Scores",
            labels={"sample": "{sample}", "figure": "calibration"},
        ),
        papers=expand(
            "results/{study}/evaluation/{sample}/{figure}.svg",
            figure=SCORE_FIGURES,
            allow_missing=True,
        ),
    log:
        "results/{study}/logs/report/{sample}/plot_curves.log",
    benchmark:
        "results/{study}/benchmarks/report/{sample}/plot_curves.tsv"
    wildcard_constraints:
        sample=one_of(SCORED),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(210),
        runtime=minutes(10),
    params:
        models=MODELS,
        reads=READS,
        title=title_of,
        code=code_digest("plot_curves"),
    script:
        "../scripts/plot_curves.py"


rule plot_rounds:
    input:
        rounds=expand(
            "results/{study}/training/{sample}/{run}/rounds.tsv",
            run=model_runs(),
            allow_missing=True,
        ),
    output:
        **if_sequences(
            learning=report(
                "results/{study}/evaluation/{sample}/learning_curves.png",
                caption="../report/learning_curves.rst",
                category="Scores",
                labels={"sample": "{sample}", "figure": "learning curves"},
            ),
            learning_papers="results/{study}/evaluation/{sample}/learning_curves.svg",
        ),
        rounds=report(
            "results/{study}/evaluation/{sample}/rounds.png",
            caption="../report/rounds.rst",
            category="Scores",
            labels={"sample": "{sample}", "figure": "training rounds"},
        ),
        papers="results/{study}/evaluation/{sample}/rounds.svg",
    log:
        "results/{study}/logs/report/{sample}/plot_rounds.log",
    benchmark:
        "results/{study}/benchmarks/report/{sample}/plot_rounds.tsv"
    wildcard_constraints:
        sample=one_of(TRAINED),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(170),
        runtime=minutes(10),
    params:
        runs=model_runs(),
        losses={
            model: {
                key: model_settings(config["training"], model)[key]
                for key in ("loss", "class_weights")
            }
            for model in MODELS
        },
        title=title_of,
        code=code_digest("plot_rounds"),
    script:
        "../scripts/plot_rounds.py"


rule summarise_study:
    input:
        metrics=expand(
            "results/{study}/evaluation/{sample}/metrics.tsv",
            sample=SCORED,
            allow_missing=True,
        ),
    output:
        text="results/{study}/summary.txt",
        table="results/{study}/summary.tsv",
        figure=report(
            "results/{study}/summary.png",
            caption="../report/summary.rst",
            category="Scores",
            labels={"sample": "all", "figure": "summary"},
        ),
        papers="results/{study}/summary.svg",
    log:
        "results/{study}/logs/report/summarise_study.log",
    benchmark:
        "results/{study}/benchmarks/report/summarise_study.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(170),
        runtime=minutes(10),
    params:
        samples=SCORED,
        models=MODELS,
        reads=READS,
        simulated=SIMULATED,
        sequences=SEQUENCES,
        figures=figures(),
        code=code_digest("summarise_study"),
    script:
        "../scripts/summarise_study.py"


rule write_report:
    input:
        **expand_each(
            "results/{{study}}/spans/{sample}/{name}.tsv", SAMPLES, ["audit", "splits"]
        ),
        **expand_each(
            "results/{{study}}/evaluation/{sample}/{name}.tsv",
            SCORED,
            ["metrics", "comparisons", "bootstrap"],
        ),
        **expand_each(
            "results/{{study}}/evaluation/{sample}/{name}.png", SCORED, SCORE_FIGURES
        ),
        **expand_each(
            "results/{{study}}/evaluation/{sample}/{name}.tsv",
            CALLED,
            ["called_labels", "convention_comparisons"],
        ),
        **if_sequences(
            **expand_each(
                "results/{{study}}/evaluation/{sample}/{name}.tsv",
                SAMPLES,
                ["string_search"],
            ),
            learning=expand(
                "results/{study}/evaluation/{sample}/learning_curves.png",
                sample=TRAINED,
                allow_missing=True,
            ),
        ),
        **explained_inputs(),
        summary="results/{study}/summary.png",
    output:
        report(
            "results/{study}/report.html",
            caption="../report/page.rst",
            category="First page",
            labels={"sample": "all", "figure": "first page"},
        ),
    log:
        "results/{study}/logs/report/write_report.log",
    benchmark:
        "results/{study}/benchmarks/report/write_report.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(220),
        runtime=minutes(10),
    params:
        template=sha256(PAGE),
        settings={model: model_settings(config["training"], model) for model in MODELS},
        reads=READS,
        samples=list(SAMPLES.values()),
        scored=SCORED,
        trained=TRAINED,
        explained=models_to_explain(),
        seeds=SEEDS,
        rounds=config["training"]["rounds"],
        folds=len(FOLDS),
        genome=config["references"]["genome"],
        span_length=config["spans"]["length"],
        simulated=SIMULATED,
        sequences=SEQUENCES,
        unit=UNIT,
        published=PUBLISHED,
        code=code_digest("write_report"),
    script:
        "../scripts/write_report.py"


# The records of jobs, which it reads, are no inputs: they change with every job. The study's own
# file has those of the folders as inputs, whose records lead back to all the rest.
rule record_provenance:
    input:
        made_in,
    output:
        "results/{study}/{folder}provenance.json",
    log:
        "results/{study}/logs/report/{folder}record_provenance.log",
    benchmark:
        "results/{study}/benchmarks/report/{folder}record_provenance.tsv"
    wildcard_constraints:
        folder=one_of(["", *FOLDERS]),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(130),
        runtime=minutes(30),
    params:
        config=config,
        samples=lambda wildcards: [
            row
            for name, row in SAMPLES.items()
            if wildcards.folder in ("", *(f"{stage}/{name}/" for stage in STAGES))
        ],
        code=code_digest("record_provenance"),
    script:
        "../scripts/record_provenance.py"
