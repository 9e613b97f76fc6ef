# Stage: evaluation.
# Needs: trained models, examples and span tables; other programs' predictions.
# Makes: evaluation/SAMPLE/RUN/SPLIT.tsv.gz, where a run is MODEL/seed-SEED, MODEL/ensemble, a
#        baseline or another program; metrics, curves and paired differences of all of them;
#        the same for SAMPLE/folds. The matrices of the factor, and a table for each baseline that
#        has something to show; called_labels.tsv and convention_comparisons.tsv; figures.
# Steps: predict_spans, predict_baselines, predict_average_accessibility, import_predictions,
#        pool_folds, average_predictions; score_predictions; call_labels, where labels are called
#        as published figures were; plot_scores, plot_rounds.


rule predict_spans:
    input:
        models=lambda wildcards: expand(
            "results/{study}/training/{source}/{model}/seed-{seed}/best.keras",
            source=source_of(wildcards),
            seed=SEEDS,
            **wildcards,
        ),
        manifest="results/{study}/examples/{sample}/manifest.json",
        shards=shards(),
    output:
        expand(
            "results/{study}/evaluation/{sample}/{model}/seed-{seed}/{split}.tsv.gz",
            seed=SEEDS,
            split=SPLITS,
            allow_missing=True,
        ),
    log:
        "results/{study}/logs/evaluation/{sample}/{model}/predict_spans.log",
    benchmark:
        "results/{study}/benchmarks/evaluation/{sample}/{model}/predict_spans.tsv"
    wildcard_constraints:
        sample=one_of([*SAMPLES, *FOLDED]),
    conda:
        "../../environment.yml"
    threads: 1
    # One job for all seeds: to import TensorFlow takes longer than to predict. There is room for
    # the logits of ten.
    resources:
        mem_mb=memory(800, shards=0.6),
        runtime=minutes(120),
    params:
        task=TASK,
        code=digest_of("predict_spans", task=["target"]),
    script:
        "../scripts/predict_spans.py"


rule predict_baselines:
    input:
        manifest="results/{study}/examples/{sample}/manifest.json",
        shards=shards(),
        fit_manifest=of_source("results/{study}/examples/{sample}/manifest.json"),
        fit_shards=of_source(*shards()),
    output:
        expand(
            "results/{study}/evaluation/{sample}/{run}/{split}.tsv.gz",
            run=baseline_runs(),
            split=SPLITS,
            allow_missing=True,
        ),
        **{
            name: f"results/{{study}}/evaluation/{{sample}}/{name}.tsv"
            for name in baseline_tables()
        },
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
        mem_mb=memory(390, shards=2.5, fit_shards=2.5),
        runtime=minutes(60),
    params:
        factor=lambda wildcards: row_of(wildcards)["factor"],
        matrices=config["evaluation"]["matrices"],
        seed=config["evaluation"]["seed"],
        task=TASK,
        baselines=baseline_runs(),
        modules=[BASELINES[name].module for name in baseline_runs()],
        tables=baseline_tables(),
        code=digest_of("predict_baselines", task=["target"], modules=baseline_modules()),
    script:
        "../scripts/predict_baselines.py"


rule predict_average_accessibility:
    input:
        spans="results/{study}/spans/{sample}/spans.tsv.gz",
        atac=lambda wildcards: SAMPLES[source_of(wildcards)]["atac"],
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
        mem_mb=memory(140, spans=6, atac=8),
        runtime=minutes(30),
    params:
        chromosomes=config["spans"]["chromosomes"],
        task=TASK,
        code=digest_of("predict_average_accessibility", task=["target"]),
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
        mem_mb=memory(140, spans=5, predictions=8),
        runtime=minutes(30),
    params:
        task=TASK,
        code=digest_of("import_predictions", task=["target"]),
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
        run=one_of([*model_runs(), *baseline_runs()]),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(140, test=5.5, valid=5.5),
        runtime=minutes(30),
    params:
        task=TASK,
        one_scale=lambda wildcards: is_unfitted(wildcards.run),
        code=digest_of("pool_folds", task=["target", "scores"]),
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
        mem_mb=memory(150, predictions=0.3),
        runtime=minutes(30),
    params:
        task=TASK,
        splits=SPLITS,
        code=digest_of("average_predictions", task=["target"]),
    script:
        "../scripts/average_predictions.py"


rule score_predictions:
    input:
        predictions=predictions_of,
    output:
        **score_tables(),
        metrics=report(
            "results/{study}/evaluation/{sample}/metrics.tsv",
            caption=f"../report/{TASK}/metrics.rst",
            category="Scores",
            labels={"sample": "{sample}", "figure": "metrics"},
        ),
        comparisons=report(
            "results/{study}/evaluation/{sample}/comparisons.tsv",
            caption="../report/comparisons.rst",
            category="Scores",
            labels={"sample": "{sample}", "figure": "paired differences"},
        ),
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
        mem_mb=memory(450, predictions=0.1),
        runtime=minutes(30),
    params:
        runs=lambda wildcards: runs_of(wildcards.sample),
        splits=SPLITS,
        main=MODELS[0],
        task=TASK,
        units=SOURCE.UNITS,
        bootstrap=bootstrap_settings(),
        code=digest_of("score_predictions", task=["target", "scores"]),
    script:
        "../scripts/score_predictions.py"


rule call_labels:
    input:
        predictions=expand(
            "results/{study}/evaluation/{sample}/{run}/test.tsv.gz",
            run=model_runs(),
            allow_missing=True,
        ),
    output:
        labels=report(
            "results/{study}/evaluation/{sample}/called_labels.tsv",
            caption="../report/binding/called_labels.rst",
            category="Scores",
            labels={"sample": "{sample}", "figure": "scores of called labels"},
        ),
        comparisons="results/{study}/evaluation/{sample}/convention_comparisons.tsv",
    log:
        "results/{study}/logs/evaluation/{sample}/call_labels.log",
    benchmark:
        "results/{study}/benchmarks/evaluation/{sample}/call_labels.tsv"
    wildcard_constraints:
        sample=one_of(called_samples()),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(450, predictions=0.1),
        runtime=minutes(30),
    params:
        runs=model_runs(),
        main=MODELS[0],
        bootstrap=bootstrap_settings(),
        code=code_digest("call_labels"),
    script:
        "../scripts/call_labels.py"


rule plot_scores:
    input:
        **score_tables(),
        metrics="results/{study}/evaluation/{sample}/metrics.tsv",
        comparisons="results/{study}/evaluation/{sample}/comparisons.tsv",
    output:
        **score_figures(),
        papers=expand(
            "results/{study}/evaluation/{sample}/{figure}.svg",
            figure=score_figure_names(),
            allow_missing=True,
        ),
    log:
        "results/{study}/logs/evaluation/{sample}/plot_scores.log",
    benchmark:
        "results/{study}/benchmarks/evaluation/{sample}/plot_scores.tsv"
    wildcard_constraints:
        sample=one_of(SCORED),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(210),
        runtime=minutes(10),
    params:
        task=TASK,
        models=MODELS,
        reads=reads(),
        title=title_of,
        code=digest_of("plot_scores", task=["words"], modules=drawing_modules()),
    script:
        "../scripts/plot_scores.py"


rule plot_rounds:
    input:
        rounds=expand(
            "results/{study}/training/{sample}/{run}/rounds.tsv",
            run=model_runs(),
            allow_missing=True,
        ),
    output:
        **learning_figure(),
        rounds=report(
            "results/{study}/evaluation/{sample}/rounds.png",
            caption=f"../report/{TASK}/rounds.rst",
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
        mem_mb=memory(170),
        runtime=minutes(10),
    params:
        runs=model_runs(),
        losses={model: model_settings(config["training"], model) for model in MODELS},
        title=title_of,
        task=TASK,
        code=digest_of("plot_rounds", task=["fitting"]),
    script:
        "../scripts/plot_rounds.py"
