# Stage: evaluation.
# Needs: trained models, examples and span tables; other programs' predictions.
# Makes: evaluation/SAMPLE/RUN/SPLIT.tsv.gz, where a run is MODEL/seed-SEED, MODEL/ensemble, a
#        baseline or another program; metrics, curves and paired differences of all of them;
#        the same for SAMPLE/folds. The matrices of the factor; called_labels.tsv and
#        convention_comparisons.tsv; for labelled sequences string_search.tsv.
# Steps: predict_spans, predict_baselines, predict_average_accessibility, import_predictions,
#        pool_folds, average_predictions; score_predictions; call_labels, for labelled sequences
#        or where figures are published.


rule predict_spans:
    input:
        models=lambda wildcards: expand(
            "results/{study}/training/{source}/{model}/seed-{seed}/best.keras",
            source=source_of(wildcards),
            seed=SEEDS,
            **wildcards,
        ),
        spans="results/{study}/spans/{sample}/spans.tsv.gz",
        manifest="results/{study}/examples/{sample}/manifest.json",
        shards=SHARDS,
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
            run=BASELINE_RUNS,
            split=SPLITS,
            allow_missing=True,
        ),
        **{
            name: f"results/{{study}}/evaluation/{{sample}}/{name}.tsv"
            for name in BASELINE_RUNS
            if BASELINES[name].table
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
        baselines=BASELINE_RUNS,
        modules=[BASELINES[name].module for name in BASELINE_RUNS],
        tables=[name for name in BASELINE_RUNS if BASELINES[name].table],
        code=code_digest(
            "predict_baselines", {BASELINES[name].module for name in BASELINE_RUNS}
        ),
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
        mem_mb=memory(140, spans=5, predictions=8),
        runtime=minutes(30),
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
        run=one_of([*model_runs(), *BASELINE_RUNS]),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(140, test=5.5, valid=5.5),
        runtime=minutes(30),
    params:
        one_scale=lambda wildcards: is_unfitted(wildcards.run),
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
        mem_mb=memory(150, predictions=0.3),
        runtime=minutes(30),
    params:
        splits=SPLITS,
        code=code_digest("average_predictions"),
    script:
        "../scripts/average_predictions.py"


rule score_predictions:
    input:
        predictions=predictions_of,
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
        mem_mb=memory(450, predictions=0.1),
        runtime=minutes(30),
    params:
        runs=lambda wildcards: runs_of(wildcards.sample),
        splits=SPLITS,
        main=MODELS[0],
        bootstrap=BOOTSTRAP,
        code=code_digest("score_predictions"),
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
            caption="../report/called_labels.rst",
            category="Scores",
            labels={"sample": "{sample}", "figure": "scores of called labels"},
        ),
        comparisons="results/{study}/evaluation/{sample}/convention_comparisons.tsv",
    log:
        "results/{study}/logs/evaluation/{sample}/call_labels.log",
    benchmark:
        "results/{study}/benchmarks/evaluation/{sample}/call_labels.tsv"
    wildcard_constraints:
        sample=one_of(CALLED),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(450, predictions=0.1),
        runtime=minutes(30),
    params:
        runs=model_runs(),
        main=MODELS[0],
        bootstrap=BOOTSTRAP,
        code=code_digest("call_labels"),
    script:
        "../scripts/call_labels.py"
