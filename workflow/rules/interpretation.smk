# Stage: interpretation.
# Needs: a trained model, its predictions on test, examples.
# Makes: interpretation/SAMPLE/MODEL/seed-SEED/: attributions.npz with spans.tsv, maps of the
#        top true positives and of requested spans, the mean map aligned on each motif.
# Steps: compute_attributions, plot_saliency.


rule compute_attributions:
    input:
        model="results/{study}/training/{sample}/{model}/seed-{seed}/best.keras",
        manifest="results/{study}/examples/{sample}/manifest.json",
        shards=SHARDS,
    output:
        attributions="results/{study}/interpretation/{sample}/{model}/seed-{seed}/attributions.npz",
        spans="results/{study}/interpretation/{sample}/{model}/seed-{seed}/spans.tsv",
    log:
        "results/{study}/logs/interpretation/{sample}/{model}/seed-{seed}/compute_attributions.log",
    benchmark:
        "results/{study}/benchmarks/interpretation/{sample}/{model}/seed-{seed}/compute_attributions.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        spans=config["interpretation"]["spans"],
        code=code_digest("compute_attributions"),
    script:
        "../scripts/compute_attributions.py"


rule plot_saliency:
    input:
        attributions="results/{study}/interpretation/{sample}/{model}/seed-{seed}/attributions.npz",
        spans="results/{study}/interpretation/{sample}/{model}/seed-{seed}/spans.tsv",
    output:
        top=report(
            "results/{study}/interpretation/{sample}/{model}/seed-{seed}/top_true_positives.png",
            caption="../report/top_true_positives.rst",
            category="Saliency",
            labels={
                "sample": "{sample}",
                "model": "{model}",
                "figure": "top true positives",
            },
        ),
        aligned=report(
            "results/{study}/interpretation/{sample}/{model}/seed-{seed}/aligned_mean.png",
            caption="../report/aligned_mean.rst",
            category="Saliency",
            labels={
                "sample": "{sample}",
                "model": "{model}",
                "figure": "mean over motifs",
            },
        ),
        table="results/{study}/interpretation/{sample}/{model}/seed-{seed}/aligned_mean.tsv",
        requested=(
            report(
                "results/{study}/interpretation/{sample}/{model}/seed-{seed}/requested_spans.png",
                caption="../report/requested_spans.rst",
                category="Saliency",
                labels={
                    "sample": "{sample}",
                    "model": "{model}",
                    "figure": "requested spans",
                },
            )
            if config["interpretation"]["spans"]
            else []
        ),
        papers=expand(
            "results/{study}/interpretation/{sample}/{model}/seed-{seed}/{figure}.svg",
            figure=["top_true_positives", "aligned_mean"]
            + (["requested_spans"] if config["interpretation"]["spans"] else []),
            allow_missing=True,
        ),
    log:
        "results/{study}/logs/interpretation/{sample}/{model}/seed-{seed}/plot_saliency.log",
    benchmark:
        "results/{study}/benchmarks/interpretation/{sample}/{model}/seed-{seed}/plot_saliency.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        motifs=config["interpretation"]["motifs"],
        top=config["interpretation"]["top"],
        flank=config["interpretation"]["flank"],
        title=title_of,
        code=code_digest("plot_saliency"),
    script:
        "../scripts/plot_saliency.py"
