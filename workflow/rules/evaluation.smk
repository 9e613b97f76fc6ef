# Stage: evaluation.
# Needs: trained models, examples and span tables; other programs' predictions.
# Makes: evaluation/SAMPLE/RUN/SPLIT.tsv.gz, where a run is MODEL/seed-SEED, MODEL/ensemble, a
#        baseline or another program; scores, curves and paired differences of all of them;
#        the same for SAMPLE/folds; summary.txt, .tsv and .png; report.html.
# Steps: predict_spans, predict_baselines, predict_average_accessibility, import_predictions,
#        pool_folds, average_predictions; score_predictions; plot_curves, plot_rounds,
#        summarise_study, write_report.


rule predict_spans:
    input:
        model=of_source(
            "results/{study}/training/{sample}/{model}/seed-{seed}/best.keras"
        ),
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
    wildcard_constraints:
        sample=one_of([*SAMPLES, *FOLDED]),
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


rule predict_baselines:
    input:
        spans="results/{study}/spans/{sample}/spans.tsv.gz",
        manifest="results/{study}/examples/{sample}/manifest.json",
        shards=SHARDS,
        fit_manifest=of_source("results/{study}/examples/{sample}/manifest.json"),
        fit_shards=of_source(*SHARDS),
    output:
        expand(
            "results/{study}/evaluation/{sample}/{run}/{split}.tsv.gz",
            run=BASELINES,
            split=SPLITS,
            allow_missing=True,
        ),
        matrices="results/{study}/evaluation/{sample}/matrices.tsv",
    log:
        "results/{study}/logs/evaluation/{sample}/predict_baselines.log",
    benchmark:
        "results/{study}/benchmarks/evaluation/{sample}/predict_baselines.tsv"
    wildcard_constraints:
        sample=one_of([*SAMPLES, *FOLDED]),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        factor=lambda wildcards: row_of(wildcards)["factor"],
        matrices=config["evaluation"]["matrices"],
        seed=config["evaluation"]["seed"],
        code=code_digest("predict_baselines"),
    script:
        "../scripts/predict_baselines.py"


rule predict_average_accessibility:
    input:
        spans="results/{study}/spans/{sample}/spans.tsv.gz",
        atac=lambda wildcards: [SAMPLES[source_of(wildcards)]["atac"]],
    output:
        expand(
            "results/{study}/evaluation/{sample}/average_accessibility/{split}.tsv.gz",
            split=SPLITS,
            allow_missing=True,
        ),
    log:
        "results/{study}/logs/evaluation/{sample}/predict_average_accessibility.log",
    benchmark:
        "results/{study}/benchmarks/evaluation/{sample}/predict_average_accessibility.tsv"
    wildcard_constraints:
        sample=one_of([name for name in SAMPLES if name not in TRAINED]),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        chromosomes=config["spans"]["chromosomes"],
        code=code_digest("predict_average_accessibility"),
    script:
        "../scripts/predict_average_accessibility.py"


rule import_predictions:
    input:
        predictions=lambda wildcards: EXTERNAL[wildcards.sample][wildcards.run],
        spans="results/{study}/spans/{sample}/spans.tsv.gz",
    output:
        expand(
            "results/{study}/evaluation/{sample}/{run}/{split}.tsv.gz",
            split=SPLITS,
            allow_missing=True,
        ),
    log:
        "results/{study}/logs/evaluation/{sample}/{run}/import_predictions.log",
    benchmark:
        "results/{study}/benchmarks/evaluation/{sample}/{run}/import_predictions.tsv"
    wildcard_constraints:
        sample=one_of(SAMPLES),
        run=one_of({run for runs in EXTERNAL.values() for run in runs}),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        code=code_digest("import_predictions"),
    script:
        "../scripts/import_predictions.py"


rule pool_folds:
    input:
        test=expand(
            "results/{study}/evaluation/{sample}/{fold}/{run}/test.tsv.gz",
            fold=FOLDS,
            allow_missing=True,
        ),
        valid=expand(
            "results/{study}/evaluation/{sample}/{fold}/{run}/valid.tsv.gz",
            fold=FOLDS,
            allow_missing=True,
        ),
    output:
        expand(
            "results/{study}/evaluation/{sample}/folds/{run}/{split}.tsv.gz",
            split=SPLITS,
            allow_missing=True,
        ),
    log:
        "results/{study}/logs/evaluation/{sample}/folds/{run}/pool_folds.log",
    benchmark:
        "results/{study}/benchmarks/evaluation/{sample}/folds/{run}/pool_folds.tsv"
    wildcard_constraints:
        sample=one_of(TRAINED),
        run=one_of([*model_runs(), *BASELINES]),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        one_scale=lambda wildcards: wildcards.run in UNFITTED,
        code=code_digest("pool_folds"),
    script:
        "../scripts/pool_folds.py"


rule average_predictions:
    input:
        predictions=expand(
            "results/{study}/evaluation/{sample}/{model}/seed-{seed}/{split}.tsv.gz",
            seed=SEEDS,
            split=SPLITS,
            allow_missing=True,
        ),
    output:
        expand(
            "results/{study}/evaluation/{sample}/{model}/ensemble/{split}.tsv.gz",
            split=SPLITS,
            allow_missing=True,
        ),
    log:
        "results/{study}/logs/evaluation/{sample}/{model}/ensemble/average_predictions.log",
    benchmark:
        "results/{study}/benchmarks/evaluation/{sample}/{model}/ensemble/average_predictions.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        seeds=SEEDS,
        splits=SPLITS,
        code=code_digest("average_predictions"),
    script:
        "../scripts/average_predictions.py"


rule score_predictions:
    input:
        predictions=predictions_of(SPLITS),
    output:
        metrics=report(
            "results/{study}/evaluation/{sample}/metrics.tsv",
            caption="../report/metrics.rst",
            category="Scores",
            labels={"sample": "{sample}", "figure": "metrics"},
        ),
        comparisons=report(
            "results/{study}/evaluation/{sample}/comparisons.tsv",
            caption="../report/comparisons.rst",
            category="Scores",
            labels={"sample": "{sample}", "figure": "paired differences"},
        ),
        calibration="results/{study}/evaluation/{sample}/calibration.tsv",
        curves="results/{study}/evaluation/{sample}/curves.tsv.gz",
        bootstrap="results/{study}/evaluation/{sample}/bootstrap.tsv",
    log:
        "results/{study}/logs/evaluation/{sample}/score_predictions.log",
    benchmark:
        "results/{study}/benchmarks/evaluation/{sample}/score_predictions.tsv"
    wildcard_constraints:
        sample=one_of(SCORED),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        runs=lambda wildcards: runs_of(wildcards.sample),
        splits=SPLITS,
        main=MODELS[0],
        evaluation=BOOTSTRAP,
        code=code_digest("score_predictions"),
    script:
        "../scripts/score_predictions.py"


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
        "results/{study}/logs/evaluation/{sample}/plot_curves.log",
    benchmark:
        "results/{study}/benchmarks/evaluation/{sample}/plot_curves.tsv"
    wildcard_constraints:
        sample=one_of(SCORED),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
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
        rounds=report(
            "results/{study}/evaluation/{sample}/rounds.png",
            caption="../report/rounds.rst",
            category="Scores",
            labels={"sample": "{sample}", "figure": "training rounds"},
        ),
        papers="results/{study}/evaluation/{sample}/rounds.svg",
    log:
        "results/{study}/logs/evaluation/{sample}/plot_rounds.log",
    benchmark:
        "results/{study}/benchmarks/evaluation/{sample}/plot_rounds.tsv"
    wildcard_constraints:
        sample=one_of(TRAINED),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        runs=model_runs(),
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
        "results/{study}/logs/evaluation/summarise_study.log",
    benchmark:
        "results/{study}/benchmarks/evaluation/summarise_study.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        samples=SCORED,
        models=MODELS,
        reads=READS,
        simulated=bool(config["references"]["simulation"]),
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
        summary="results/{study}/summary.png",
    output:
        report(
            "results/{study}/report.html",
            caption="../report/page.rst",
            category="First page",
            labels={"sample": "all", "figure": "first page"},
        ),
    log:
        "results/{study}/logs/evaluation/write_report.log",
    benchmark:
        "results/{study}/benchmarks/evaluation/write_report.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=10,
    params:
        template=sha256(PAGE),
        settings={model: model_settings(config["training"], model) for model in MODELS},
        reads=READS,
        samples=list(SAMPLES.values()),
        scored=SCORED,
        seeds=SEEDS,
        rounds=config["training"]["rounds"],
        folds=len(FOLDS),
        genome=config["references"]["genome"],
        span_length=config["spans"]["length"],
        simulated=bool(config["references"]["simulation"]),
        code=code_digest("write_report"),
    script:
        "../scripts/write_report.py"
