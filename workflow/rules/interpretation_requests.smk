# Stage: interpretation, of what the config asks for by place.
# Needs: spans and variants that the config names, the genome, the signal, trained models.
# Makes: interpretation/SAMPLE/requested.tsv; interpretation/SAMPLE/MODEL/seed-SEED/: requested.html,
#        a page with the pictures of each request, and the pictures in requested/.
# Steps: place_requests, explain_requests, write_requests.


rule place_requests:
    input:
        fasta="resources/{study}/genome/genome.fa",
        fai="resources/{study}/genome/genome.fa.fai",
        spans="results/{study}/spans/{sample}/spans.tsv.gz",
        atac=lambda wildcards: row_of(wildcards)["atac"],
        names=names_file,
    output:
        "results/{study}/interpretation/{sample}/requested.tsv",
    log:
        "results/{study}/logs/interpretation/{sample}/place_requests.log",
    benchmark:
        "results/{study}/benchmarks/interpretation/{sample}/place_requests.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(140, fasta=1),
        runtime=minutes(30),
    params:
        spans=config["interpretation"]["spans"],
        variants=config["interpretation"]["variants"],
        span_length=config["spans"]["length"],
        names=NAME_PAIRS,
        code=code_digest("place_requests"),
    script:
        "../scripts/place_requests.py"


rule explain_requests:
    input:
        model=of_source(
            "results/{study}/training/{sample}/{model}/seed-{seed}/best.keras"
        ),
        requested="results/{study}/interpretation/{sample}/requested.tsv",
        choice="results/{study}/interpretation/{sample}/{model}/seed-{seed}/choice.json",
    output:
        "results/{study}/interpretation/{sample}/{model}/seed-{seed}/requested.npz",
    log:
        "results/{study}/logs/interpretation/{sample}/{model}/seed-{seed}/explain_requests.log",
    benchmark:
        "results/{study}/benchmarks/interpretation/{sample}/{model}/seed-{seed}/explain_requests.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(800),
        runtime=minutes(30),
    params:
        method=METHOD,
        seed=config["interpretation"]["seed"],
        code=code_digest("explain_requests"),
    script:
        "../scripts/explain_requests.py"


rule write_requests:
    input:
        requested="results/{study}/interpretation/{sample}/requested.tsv",
        arrays="results/{study}/interpretation/{sample}/{model}/seed-{seed}/requested.npz",
        choice="results/{study}/interpretation/{sample}/{model}/seed-{seed}/choice.json",
        margin="results/{study}/interpretation/{sample}/{model}/seed-{seed}/margin.json",
        trained=trained_spans,
        sites=config["interpretation"]["sites"] or [],
        names=names_file,
    output:
        page=report(
            "results/{study}/interpretation/{sample}/{model}/seed-{seed}/requested.html",
            caption="../report/requested.rst",
            category="Interpretation",
            labels={
                "sample": "{sample}",
                "model": "{model}",
                "figure": "requested spans and variants",
            },
        ),
        figures=expand(
            "results/{study}/interpretation/{sample}/{model}/seed-{seed}/requested/{request}.{ending}",
            request=map(file_name, REQUESTS),
            ending=["png", "svg"],
            allow_missing=True,
        ),
    log:
        "results/{study}/logs/interpretation/{sample}/{model}/seed-{seed}/write_requests.log",
    benchmark:
        "results/{study}/benchmarks/interpretation/{sample}/{model}/seed-{seed}/write_requests.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(180),
        runtime=minutes(30),
    params:
        template=sha256(template("requested")),
        method=METHOD,
        factor=lambda wildcards: row_of(wildcards)["factor"],
        matrices=config["evaluation"]["matrices"],
        group=config["evaluation"]["taxonomic_group"],
        title=title_of,
        trained_on=lambda wildcards: row_of(wildcards)["trained_on"],
        simulated=SIMULATED,
        names=NAME_PAIRS,
        code=code_digest("write_requests"),
    script:
        "../scripts/write_requests.py"
