# Stage: report.
# Needs: scores, figures, rounds of training and audits of every sample.
# Makes: summary.txt, .tsv and .png; report.html; provenance.json of the study and in the folder
#        of each stage of a sample.
# Steps: summarise_study, write_report, record_provenance.


rule summarise_study:
    input:
        metrics=expand(
            "results/{study}/evaluation/{sample}/metrics.tsv",
            sample=SCORED,
            allow_missing=True,
        ),
        unavailable=expand(
            "results/{study}/evaluation/{sample}/unavailable.tsv",
            sample=SAMPLES,
            allow_missing=True,
        ),
    output:
        text="results/{study}/summary.txt",
        table="results/{study}/summary.tsv",
        figure=report(
            "results/{study}/summary.png",
            caption=f"../report/{TASK}/summary.rst",
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
        reads=reads(),
        task=TASK,
        units=SOURCE.UNITS,
        simulated=SIMULATED,
        figures=figures(),
        code=digest_of("summarise_study", task=["words"]),
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
            "results/{{study}}/evaluation/{sample}/{name}.png",
            SCORED,
            score_figure_names(),
        ),
        **expand_each(
            "results/{{study}}/evaluation/{sample}/{name}.tsv",
            called_samples(),
            ["called_labels", "convention_comparisons"],
        ),
        **expand_each(
            "results/{{study}}/evaluation/{sample}/{name}.tsv",
            SAMPLES,
            [*baseline_tables(), "unavailable"],
        ),
        **course_inputs(),
        **explained_inputs(),
        summary=["results/{study}/summary.png"],
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
        template=sha256(template("page")),
        study={
            "source": SOURCE.NAME,
            "task": TASK,
            "features": list(SOURCE.FEATURES),
            "settings": {
                model: model_settings(config["training"], model) for model in MODELS
            },
            "reads": reads(),
            "samples": list(SAMPLES.values()),
            "scored": SCORED,
            "trained": TRAINED,
            "explained": models_to_explain(),
            "seeds": SEEDS,
            "rounds": config["training"]["rounds"],
            "folds": len(FOLDS),
            "genome": config["references"]["genome"],
            "span_length": config["spans"]["length"],
            "peak_width": config["spans"]["peak_width"],
            "simulated": SIMULATED,
            "published": config["evaluation"]["published"],
        },
        code=digest_of(
            "write_report",
            task=["words", "fitting"],
            source=["words", "audit_words", "study"],
        ),
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
            if wildcards.folder in ("", *(f"{stage}/{name}/" for stage in stages()))
        ],
        code=code_digest("record_provenance"),
    script:
        "../scripts/record_provenance.py"
