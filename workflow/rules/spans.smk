# Stage: spans.
# Needs: the indexed genome, the blacklist, and a sample's peaks or labelled spans and signal; or
#        labelled sequences.
# Makes: spans/SAMPLE/spans.tsv.gz, one row per example; splits.tsv and dropped.tsv count
#        them, audit.tsv says what leaks between the splits. Of labelled sequences none is
#        dropped, and references/SAMPLE/checks.tsv is made here.
# Steps: tile_genome (once for all samples with peaks), label_spans, extract_signal: a job for
#        each part, which is a chromosome where the config lists them, else the whole genome;
#        split_spans, which gathers the parts; split_folds, which does it for each fold of a
#        cross-validation. Of labelled sequences label_sequences does it all. audit_splits.


rule tile_genome:
    input:
        fasta="resources/{study}/genome/genome.fa",
        fai="resources/{study}/genome/genome.fa.fai",
        blacklist=blacklist,
    output:
        tiles="results/{study}/spans/tiles/{part}.tsv.gz",
        dropped="results/{study}/spans/tiles/{part}.dropped.tsv",
    log:
        "results/{study}/logs/spans/tile_genome/{part}.log",
    benchmark:
        "results/{study}/benchmarks/spans/tile_genome/{part}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(130, fasta=2),
        runtime=minutes(30),
    params:
        chromosomes=lambda wildcards: PARTS[wildcards.part],
        length=config["spans"]["length"],
        stride=config["spans"]["stride"],
        max_n_fraction=config["spans"]["max_n_fraction"],
        code=code_digest("tile_genome"),
    script:
        "../scripts/tile_genome.py"


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
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(130, tiles=7, spans=7, fasta=1.2),
        runtime=minutes(30),
    params:
        chromosomes=chromosomes_of,
        min_overlap=config["spans"]["min_overlap"],
        partial_overlap=config["spans"]["partial_overlap"],
        max_n_fraction=config["spans"]["max_n_fraction"],
        code=code_digest("label_spans"),
    script:
        "../scripts/label_spans.py"


rule extract_signal:
    input:
        spans="results/{study}/spans/{sample}/labelled/{part}.tsv.gz",
        atac=lambda wildcards: SAMPLES[wildcards.sample]["atac"],
    output:
        "results/{study}/spans/{sample}/signals/{part}.tsv.gz",
    log:
        "results/{study}/logs/spans/{sample}/extract_signal/{part}.log",
    benchmark:
        "results/{study}/benchmarks/spans/{sample}/extract_signal/{part}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(130, spans=13, atac=8),
        runtime=minutes(30),
    params:
        chromosomes=chromosomes_of,
        code=code_digest("extract_signal"),
    script:
        "../scripts/extract_signal.py"


rule split_spans:
    input:
        spans=gather_parts("results/{study}/spans/{sample}/labelled/{part}.tsv.gz"),
        signals=gather_parts("results/{study}/spans/{sample}/signals/{part}.tsv.gz"),
        dropped=gather_parts(
            "results/{study}/spans/{sample}/labelled/{part}.dropped.tsv"
        ),
        reference=lambda wildcards: (
            f"results/{wildcards.study}/spans/{source_of(wildcards)}/spans.tsv.gz"
            if SAMPLES[wildcards.sample]["trained_on"]
            else []
        ),
    output:
        spans="results/{study}/spans/{sample}/spans.tsv.gz",
        splits=report(
            "results/{study}/spans/{sample}/splits.tsv",
            caption="../report/splits.rst",
            category="Data",
            labels={"sample": "{sample}", "table": "splits"},
        ),
        dropped=report(
            "results/{study}/spans/{sample}/dropped.tsv",
            caption="../report/dropped.rst",
            category="Data",
            labels={"sample": "{sample}", "table": "dropped spans"},
        ),
    log:
        "results/{study}/logs/spans/{sample}/split_spans.log",
    benchmark:
        "results/{study}/benchmarks/spans/{sample}/split_spans.tsv"
    wildcard_constraints:
        sample=one_of([] if SEQUENCES else SAMPLES),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(140, spans=6, signals=6),
        runtime=minutes(30),
    params:
        splits=SPLIT_SETTINGS,
        reference_name=lambda wildcards: SAMPLES[wildcards.sample]["trained_on"],
        code=code_digest("split_spans"),
    script:
        "../scripts/split_spans.py"


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
            "../../environment.yml"
        threads: 1
        resources:
            mem_mb=memory(140, spans=11, signals=11),
            runtime=minutes(30),
        params:
            splits=config["splits"],
            code=code_digest("split_folds"),
        script:
            "../scripts/split_folds.py"


rule label_sequences:
    input:
        sequences=lambda wildcards: SAMPLES[wildcards.sample]["sequences"],
        labels=lambda wildcards: SAMPLES[wildcards.sample]["labels"] or [],
    output:
        checks="results/{study}/references/{sample}/checks.tsv",
        spans="results/{study}/spans/{sample}/spans.tsv.gz",
        splits=report(
            "results/{study}/spans/{sample}/splits.tsv",
            caption="../report/splits.rst",
            category="Data",
            labels={"sample": "{sample}", "table": "splits"},
        ),
    log:
        "results/{study}/logs/spans/{sample}/label_sequences.log",
    benchmark:
        "results/{study}/benchmarks/spans/{sample}/label_sequences.tsv"
    wildcard_constraints:
        sample=one_of(SAMPLES if SEQUENCES else []),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(140, sequences=14, labels=10),
        runtime=minutes(30),
    params:
        spans=SPAN_SETTINGS,
        splits=SPLIT_SETTINGS,
        checksums=checksums_of,
        code=code_digest("label_sequences"),
    script:
        "../scripts/label_sequences.py"


rule audit_splits:
    input:
        unpack(genome_of_spans),
        spans="results/{study}/spans/{sample}/spans.tsv.gz",
        splits="results/{study}/spans/{sample}/splits.tsv",
    output:
        report(
            "results/{study}/spans/{sample}/audit.tsv",
            caption=(
                "../report/audit_sequences.rst" if SEQUENCES else "../report/audit.rst"
            ),
            category="Data",
            labels={"sample": "{sample}", "table": "leakage audit"},
        ),
    log:
        "results/{study}/logs/spans/{sample}/audit_splits.log",
    benchmark:
        "results/{study}/benchmarks/spans/{sample}/audit_splits.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(330, spans=2.5, fasta=1),
        runtime=minutes(30),
    params:
        code=code_digest("audit_splits"),
    script:
        "../scripts/audit_splits.py"
