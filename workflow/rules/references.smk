# Stage: references.
# Needs: the genome, the blacklist and the samples' files that the config and the sheet name.
# Makes: resources/STUDY/genome/genome.fa with its index; references/SAMPLE/checks.tsv. Of
#        labelled sequences label_sequences writes the latter (spans.smk).
# Steps: simulate_study or simulate_sequences (embedded studies only) or download_reference
#        (addresses only), index_genome, check_inputs.

if config["references"]["simulation"]:

    rule simulate_study:
        output:
            genome="resources/{study}/genome.fa.gz",
            accessibility="resources/{study}/accessibility.bw",
            peaks="resources/{study}/peaks.narrowPeak",
            blacklist="resources/{study}/blacklist.bed",
            sites="resources/{study}/sites.bed",
        log:
            "results/{study}/logs/references/simulate_study.log",
        benchmark:
            "results/{study}/benchmarks/references/simulate_study.tsv"
        conda:
            "../../environment.yml"
        threads: 1
        resources:
            mem_mb=memory(260),
            runtime=minutes(10),
        params:
            simulation=config["references"]["simulation"],
            code=code_digest("simulate_study"),
        script:
            "../scripts/simulate_study.py"


if config["references"]["sequence_simulation"]:

    rule simulate_sequences:
        output:
            sequences="resources/{study}/sequences.tsv",
            sites="resources/{study}/sites.bed",
        log:
            "results/{study}/logs/references/simulate_sequences.log",
        benchmark:
            "results/{study}/benchmarks/references/simulate_sequences.tsv"
        conda:
            "../../environment.yml"
        threads: 1
        resources:
            mem_mb=memory(260),
            runtime=minutes(10),
        params:
            simulation=config["references"]["sequence_simulation"],
            code=code_digest("simulate_sequences"),
        script:
            "../scripts/simulate_sequences.py"


if DOWNLOADS:

    rule download_reference:
        output:
            "resources/{study}/{download}",
        log:
            "results/{study}/logs/references/download_reference/{download}.log",
        benchmark:
            "results/{study}/benchmarks/references/download_reference/{download}.tsv"
        wildcard_constraints:
            download=one_of(DOWNLOADS),
        retries: 1
        # Where Snakemake itself runs: nodes of a cluster often have no network.
        localrule: True
        conda:
            "../../environment.yml"
        threads: 1
        resources:
            mem_mb=memory(120),
            runtime=minutes(120),
        params:
            url=lambda wildcards: DOWNLOADS[wildcards.download]["url"],
            checksum=lambda wildcards: DOWNLOADS[wildcards.download]["checksum"],
            code=code_digest("download_reference"),
        script:
            "../scripts/download_reference.py"


rule index_genome:
    input:
        genome=config["references"]["genome"] or [],
    output:
        fasta="resources/{study}/genome/genome.fa",
        fai="resources/{study}/genome/genome.fa.fai",
    log:
        "results/{study}/logs/references/index_genome.log",
    benchmark:
        "results/{study}/benchmarks/references/index_genome.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(130),
        runtime=minutes(60),
    params:
        checksum=config["references"]["genome_checksum"],
        chromosomes=config["spans"]["chromosomes"],
        code=code_digest("index_genome"),
    script:
        "../scripts/index_genome.py"


rule check_inputs:
    input:
        fai="resources/{study}/genome/genome.fa.fai",
        blacklist=blacklist,
        files=lambda wildcards: files_of(wildcards.sample),
    output:
        "results/{study}/references/{sample}/checks.tsv",
    log:
        "results/{study}/logs/references/{sample}/check_inputs.log",
    benchmark:
        "results/{study}/benchmarks/references/{sample}/check_inputs.tsv"
    wildcard_constraints:
        sample=one_of([] if SEQUENCES else SAMPLES),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(130, blacklist=10, files=10),
        runtime=minutes(30),
    params:
        sample=lambda wildcards: {
            key: SAMPLES[wildcards.sample][key] for key in CHECKED
        },
        genome=config["references"]["genome"],
        checksums=checksums_of,
        chromosomes=config["spans"]["chromosomes"],
        span_length=config["spans"]["length"],
        code=code_digest("check_inputs"),
    script:
        "../scripts/check_inputs.py"
