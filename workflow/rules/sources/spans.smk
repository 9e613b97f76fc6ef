# Source: spans of a genome.
# Needs: the genome, the blacklist, and a sample's peaks or spans and signal.
# Makes: resources/STUDY/genome/genome.fa with its index; references/SAMPLE/checks.tsv;
#        spans/blocks.tsv, which part of the genome is in which split;
#        spans/SAMPLE/spans.tsv.gz, one row per example; splits.tsv and dropped.tsv count them.
# Steps: simulate_study (the embedded study only), index_genome, check_inputs; tile_genome (once
#        for all samples with peaks), label_spans, extract_signal: a job for each part, which is
#        a chromosome where the config lists them, else the whole genome; share_splits, once for
#        all samples; split_spans, which gathers the parts; split_folds, which does it for each fold of a cross-validation.


include: "spans_parts.smk"


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
            "../../../environment.yml"
        threads: 1
        resources:
            mem_mb=memory(260),
            runtime=minutes(10),
        params:
            simulation=config["references"]["simulation"],
            code=code_digest("simulate_study"),
        script:
            "../../scripts/simulate_study.py"


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
        "../../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(130),
        runtime=minutes(60),
    params:
        checksum=config["references"]["genome_checksum"],
        chromosomes=config["spans"]["chromosomes"],
        code=code_digest("index_genome"),
    script:
        "../../scripts/index_genome.py"


rule check_inputs:
    input:
        fai="resources/{study}/genome/genome.fa.fai",
        blacklist=blacklist,
        names=names_file,
        files=lambda wildcards: files_of(wildcards.sample),
    output:
        "results/{study}/references/{sample}/checks.tsv",
    log:
        "results/{study}/logs/references/{sample}/check_inputs.log",
    benchmark:
        "results/{study}/benchmarks/references/{sample}/check_inputs.tsv"
    wildcard_constraints:
        sample=one_of(SAMPLES),
    conda:
        "../../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(130, blacklist=10, files=10),
        runtime=minutes(30),
    params:
        sample=lambda wildcards: {
            key: SAMPLES[wildcards.sample][key] for key in ("sample", *SOURCE.FILES)
        },
        genome=config["references"]["genome"],
        checksums=checksums_of,
        chromosomes=config["spans"]["chromosomes"],
        span_length=config["spans"]["length"],
        peak_width=config["spans"]["peak_width"],
        task=TASK,
        names=NAME_PAIRS,
        code=digest_of("check_inputs", task=["target"]),
    script:
        "../../scripts/check_inputs.py"


rule tile_genome:
    input:
        fasta="resources/{study}/genome/genome.fa",
        fai="resources/{study}/genome/genome.fa.fai",
        blacklist=blacklist,
        names=names_file,
    output:
        tiles="results/{study}/spans/tiles/{part}.tsv.gz",
        dropped="results/{study}/spans/tiles/{part}.dropped.tsv",
    log:
        "results/{study}/logs/spans/tile_genome/{part}.log",
    benchmark:
        "results/{study}/benchmarks/spans/tile_genome/{part}.tsv"
    conda:
        "../../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(130, fasta=2),
        runtime=minutes(30),
    params:
        chromosomes=lambda wildcards: PARTS[wildcards.part],
        length=config["spans"]["length"],
        stride=config["spans"]["stride"],
        max_n_fraction=config["spans"]["max_n_fraction"],
        names=NAME_PAIRS,
        code=code_digest("tile_genome"),
    script:
        "../../scripts/tile_genome.py"


rule label_spans:
    input:
        unpack(labelling_inputs),
    output:
        spans="results/{study}/spans/{sample}/labelled/{part}.tsv.gz",
        dropped="results/{study}/spans/{sample}/labelled/{part}.dropped.tsv",
    log:
        "results/{study}/logs/spans/{sample}/label_spans/{part}.log",
    benchmark:
        "results/{study}/benchmarks/spans/{sample}/label_spans/{part}.tsv"
    conda:
        "../../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(130, tiles=7, spans=7, fasta=1.2),
        runtime=minutes(30),
    params:
        chromosomes=chromosomes_of,
        whole=lambda wildcards: len(parts_of(wildcards.sample)) == 1,
        length=config["spans"]["length"],
        peak_width=config["spans"]["peak_width"],
        min_overlap=config["spans"]["min_overlap"],
        partial_overlap=config["spans"]["partial_overlap"],
        max_n_fraction=config["spans"]["max_n_fraction"],
        task=TASK,
        names=NAME_PAIRS,
        code=digest_of("label_spans", task=["target"]),
    script:
        "../../scripts/label_spans.py"


rule extract_signal:
    input:
        spans="results/{study}/spans/{sample}/labelled/{part}.tsv.gz",
        atac=lambda wildcards: SAMPLES[wildcards.sample]["atac"],
        names=names_file,
    output:
        "results/{study}/spans/{sample}/signals/{part}.tsv.gz",
    log:
        "results/{study}/logs/spans/{sample}/extract_signal/{part}.log",
    benchmark:
        "results/{study}/benchmarks/spans/{sample}/extract_signal/{part}.tsv"
    conda:
        "../../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(130, spans=13, atac=8),
        runtime=minutes(30),
    params:
        chromosomes=chromosomes_of,
        names=NAME_PAIRS,
        code=code_digest("extract_signal"),
    script:
        "../../scripts/extract_signal.py"


rule share_splits:
    input:
        fai="resources/{study}/genome/genome.fa.fai",
        spans=[
            path.format(sample=sample, part=part)
            for path in ["results/{{study}}/spans/{sample}/labelled/{part}.tsv.gz"]
            for sample in TRAINED
            for part in parts_of(sample)
        ],
    output:
        "results/{study}/spans/blocks.tsv",
    log:
        "results/{study}/logs/spans/share_splits.log",
    benchmark:
        "results/{study}/benchmarks/spans/share_splits.tsv"
    conda:
        "../../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(180),
        runtime=minutes(30),
    params:
        chromosomes=config["spans"]["chromosomes"],
        parts=[len(parts_of(sample)) for sample in TRAINED],
        length=config["spans"]["length"],
        splits=split_settings(),
        task=TASK,
        code=digest_of("share_splits", task=["target"]),
    script:
        "../../scripts/share_splits.py"


rule split_spans:
    input:
        blocks="results/{study}/spans/blocks.tsv",
        spans=gather_parts("results/{study}/spans/{sample}/labelled/{part}.tsv.gz"),
        signals=gather_parts("results/{study}/spans/{sample}/signals/{part}.tsv.gz"),
        dropped=gather_parts(
            "results/{study}/spans/{sample}/labelled/{part}.dropped.tsv"
        ),
        reference=of_other("results/{study}/spans/{sample}/spans.tsv.gz"),
        reference_splits=of_other("results/{study}/spans/{sample}/splits.tsv"),
    output:
        spans="results/{study}/spans/{sample}/spans.tsv.gz",
        splits=report(
            "results/{study}/spans/{sample}/splits.tsv",
            caption="../../report/spans/splits.rst",
            category="Data",
            labels={"sample": "{sample}", "table": "splits"},
        ),
        dropped=report(
            "results/{study}/spans/{sample}/dropped.tsv",
            caption="../../report/spans/dropped.rst",
            category="Data",
            labels={"sample": "{sample}", "table": "dropped spans"},
        ),
    log:
        "results/{study}/logs/spans/{sample}/split_spans.log",
    benchmark:
        "results/{study}/benchmarks/spans/{sample}/split_spans.tsv"
    wildcard_constraints:
        sample=one_of(SAMPLES),
    conda:
        "../../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(140, spans=6, signals=6),
        runtime=minutes(30),
    params:
        splits=split_settings(),
        reference_name=lambda wildcards: SAMPLES[wildcards.sample]["trained_on"],
        task=TASK,
        code=digest_of("split_spans", task=["target"]),
    script:
        "../../scripts/split_spans.py"


if FOLDS:

    rule split_folds:
        input:
            spans=gather_parts("results/{study}/spans/{sample}/labelled/{part}.tsv.gz"),
            signals=gather_parts("results/{study}/spans/{sample}/signals/{part}.tsv.gz"),
        output:
            spans=expand(
                "results/{study}/spans/{sample}/{fold}/spans.tsv.gz",
                fold=FOLDS,
                allow_missing=True,
            ),
            splits=expand(
                "results/{study}/spans/{sample}/{fold}/splits.tsv",
                fold=FOLDS,
                allow_missing=True,
            ),
        log:
            "results/{study}/logs/spans/{sample}/split_folds.log",
        benchmark:
            "results/{study}/benchmarks/spans/{sample}/split_folds.tsv"
        wildcard_constraints:
            sample=one_of(SAMPLES),
        conda:
            "../../../environment.yml"
        threads: 1
        resources:
            mem_mb=memory(140, spans=11, signals=11),
            runtime=minutes(30),
        params:
            splits=config["splits"],
            task=TASK,
            code=digest_of("split_folds", task=["target"]),
        script:
            "../../scripts/split_folds.py"
