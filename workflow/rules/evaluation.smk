# Stage: evaluation.
# Needs: the predictions of every run of a sample; the rounds of trained models.
# Makes: evaluation/SAMPLE/: metrics, curves and paired differences of all runs; called_labels.tsv
#        and convention_comparisons.tsv; figures.
# Steps: score_predictions; call_labels, where labels are called as published figures were;
#        plot_scores, plot_rounds.


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
