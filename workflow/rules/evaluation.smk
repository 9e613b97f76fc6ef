# Stage: evaluation.
# Needs: trained models, examples and span tables.
# Makes: evaluation/SAMPLE/MODEL/seed-SEED/SPLIT.tsv.gz, metrics.tsv, ROC and precision-recall
#        curves, the course of the rounds; summary.txt.
# Steps: predict_spans and predict_baseline, score_predictions, plot_curves, summarise_study.


rule predict_spans:
    input:
        model="results/{study}/training/{sample}/{model}/seed-{seed}/best.keras",
        spans="results/{study}/spans/{sample}/spans.tsv.gz",
        manifest="results/{study}/examples/{sample}/manifest.json",
        shards=SHARDS,
    output:
        expand(
            "results/{study}/evaluation/{sample}/{model}/seed-{seed}/{split}.tsv.gz",
            split=SPLITS,
            allow_missing=True,
        ),
    log:
        "results/{study}/logs/evaluation/{sample}/{model}/seed-{seed}/predict_spans.log",
    benchmark:
        "results/{study}/benchmarks/evaluation/{sample}/{model}/seed-{seed}/predict_spans.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        code=code_digest("predict_spans"),
    script:
        "../scripts/predict_spans.py"


rule predict_baseline:
    input:
        spans="results/{study}/spans/{sample}/spans.tsv.gz",
    output:
        expand(
            "results/{study}/evaluation/{sample}/{model}/{split}.tsv.gz",
            model=BASELINE,
            split=SPLITS,
            allow_missing=True,
        ),
    log:
        "results/{study}/logs/evaluation/{sample}/predict_baseline.log",
    benchmark:
        "results/{study}/benchmarks/evaluation/{sample}/predict_baseline.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code_digest("predict_baseline"),
    script:
        "../scripts/predict_baseline.py"


rule score_predictions:
    input:
        predictions=expand(
            "results/{study}/evaluation/{sample}/{run}/{split}.tsv.gz",
            run=[*runs_of(MODELS), BASELINE],
            split=SPLITS,
            allow_missing=True,
        ),
    output:
        report(
            "results/{study}/evaluation/{sample}/metrics.tsv",
            caption="../report/metrics.rst",
            category="Scores",
            labels={"sample": "{sample}", "figure": "metrics"},
        ),
    log:
        "results/{study}/logs/evaluation/{sample}/score_predictions.log",
    benchmark:
        "results/{study}/benchmarks/evaluation/{sample}/score_predictions.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        runs=[*runs_of(MODELS), BASELINE],
        splits=SPLITS,
        code=code_digest("score_predictions"),
    script:
        "../scripts/score_predictions.py"


rule plot_curves:
    input:
        predictions=expand(
            "results/{study}/evaluation/{sample}/{run}/test.tsv.gz",
            run=[*runs_of(MODELS), BASELINE],
            allow_missing=True,
        ),
        rounds=expand(
            "results/{study}/training/{sample}/{run}/rounds.tsv",
            run=runs_of(MODELS),
            allow_missing=True,
        ),
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
        rounds=report(
            "results/{study}/evaluation/{sample}/rounds.png",
            caption="../report/rounds.rst",
            category="Scores",
            labels={"sample": "{sample}", "figure": "training rounds"},
        ),
        papers=expand(
            "results/{study}/evaluation/{sample}/{figure}.svg",
            figure=["roc", "precision_recall", "rounds"],
            allow_missing=True,
        ),
    log:
        "results/{study}/logs/evaluation/{sample}/plot_curves.log",
    benchmark:
        "results/{study}/benchmarks/evaluation/{sample}/plot_curves.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        runs=[*runs_of(MODELS), BASELINE],
        title=title_of,
        code=code_digest("plot_curves"),
    script:
        "../scripts/plot_curves.py"


rule summarise_study:
    input:
        metrics=expand(
            "results/{study}/evaluation/{sample}/metrics.tsv",
            sample=SAMPLES,
            allow_missing=True,
        ),
    output:
        "results/{study}/summary.txt",
    log:
        "results/{study}/logs/evaluation/summarise_study.log",
    benchmark:
        "results/{study}/benchmarks/evaluation/summarise_study.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        samples=list(SAMPLES),
        simulated=bool(config["references"]["simulation"]),
        figures=figures(),
        code=code_digest("summarise_study"),
    script:
        "../scripts/summarise_study.py"
