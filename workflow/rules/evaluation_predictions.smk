# Stage: evaluation, the predictions.
# Needs: trained models, examples and span tables; other programs' predictions.
# Makes: evaluation/SAMPLE/RUN/SPLIT.tsv.gz, where a run is MODEL/seed-SEED, MODEL/ensemble, a
#        baseline or another program; the same for SAMPLE/folds. The matrices of the factor, and a
#        table for each baseline that has something to show.
# Steps: predict_spans, predict_baselines, predict_average_accessibility, import_predictions;
#        average_predictions, predict_late_stack, pool_folds.


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
        unavailable="results/{study}/evaluation/{sample}/unavailable.tsv",
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
        mem_mb=memory(650, shards=6, fit_shards=6),
        runtime=minutes(60),
    params:
        factor=lambda wildcards: row_of(wildcards)["factor"],
        matrices=config["evaluation"]["matrices"],
        group=config["evaluation"]["taxonomic_group"],
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
        names=names_file,
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
        names=NAME_PAIRS,
        code=digest_of("predict_average_accessibility", task=["target"]),
    script:
        "../scripts/predict_average_accessibility.py"


rule predict_late_stack:
    input:
        logits=expand(
            "results/{study}/evaluation/{sample}/{run}/{split}.tsv.gz",
            run=stacked_run(),
            split=SPLITS,
            allow_missing=True,
        ),
        signal=expand(
            "results/{study}/evaluation/{sample}/raw_accessibility/{split}.tsv.gz",
            split=SPLITS,
            allow_missing=True,
        ),
        fit_logits=of_source(
            f"results/{{study}}/evaluation/{{sample}}/{stacked_run()}/valid.tsv.gz"
        ),
        fit_signal=of_source(
            "results/{study}/evaluation/{sample}/raw_accessibility/valid.tsv.gz"
        ),
        fit_manifest=of_source("results/{study}/examples/{sample}/manifest.json"),
    output:
        expand(
            "results/{study}/evaluation/{sample}/late_stack/{split}.tsv.gz",
            split=SPLITS,
            allow_missing=True,
        ),
    log:
        "results/{study}/logs/evaluation/{sample}/predict_late_stack.log",
    benchmark:
        "results/{study}/benchmarks/evaluation/{sample}/predict_late_stack.tsv"
    wildcard_constraints:
        sample=one_of([*SAMPLES, *FOLDED] if stacks() else []),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(220, logits=8, signal=8),
        runtime=minutes(30),
    params:
        task=TASK,
        code=digest_of("predict_late_stack", task=["target"]),
    script:
        "../scripts/predict_late_stack.py"


rule import_predictions:
    input:
        predictions=lambda wildcards: EXTERNAL[wildcards.sample][wildcards.run],
        spans="results/{study}/spans/{sample}/spans.tsv.gz",
        names=names_file,
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
        names=NAME_PAIRS,
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
        run=one_of([*model_runs(), *baseline_runs(), *stacks()]),
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
