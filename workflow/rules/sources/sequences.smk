# Source: sequences without a genome.
# Needs: a sample's sequences, and their targets where these stand in a file of their own.
# Makes: spans/SAMPLE/spans.tsv.gz, one row per example; checks.tsv says what was found in the
#        files, splits.tsv counts the examples.
# Steps: simulate_sequences or simulate_reporters (the embedded studies only); label_sequences.

AUDITED = {}  # audit_splits reads nothing beside the table of examples

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
            "../../../environment.yml"
        threads: 1
        resources:
            mem_mb=memory(260),
            runtime=minutes(10),
        params:
            simulation=config["references"]["sequence_simulation"],
            code=code_digest("simulate_sequences"),
        script:
            "../../scripts/simulate_sequences.py"


if config["references"]["reporter_simulation"]:

    rule simulate_reporters:
        output:
            sequences="resources/{study}/sequences.tsv",
            sites="resources/{study}/sites.bed",
            noiseless="resources/{study}/noiseless.tsv",
        log:
            "results/{study}/logs/references/simulate_reporters.log",
        benchmark:
            "results/{study}/benchmarks/references/simulate_reporters.tsv"
        conda:
            "../../../environment.yml"
        threads: 1
        resources:
            mem_mb=memory(260),
            runtime=minutes(10),
        params:
            simulation=config["references"]["reporter_simulation"],
            code=code_digest("simulate_reporters"),
        script:
            "../../scripts/simulate_reporters.py"


rule label_sequences:
    input:
        sequences=lambda wildcards: SAMPLES[wildcards.sample]["sequences"],
        labels=lambda wildcards: SAMPLES[wildcards.sample]["labels"] or [],
    output:
        checks="results/{study}/spans/{sample}/checks.tsv",
        spans="results/{study}/spans/{sample}/spans.tsv.gz",
        splits=report(
            "results/{study}/spans/{sample}/splits.tsv",
            caption="../../report/sequences/splits.rst",
            category="Data",
            labels={"sample": "{sample}", "table": "splits"},
        ),
    log:
        "results/{study}/logs/spans/{sample}/label_sequences.log",
    benchmark:
        "results/{study}/benchmarks/spans/{sample}/label_sequences.tsv"
    wildcard_constraints:
        sample=one_of(SAMPLES),
    conda:
        "../../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(140, sequences=14, labels=10),
        runtime=minutes(30),
    params:
        spans={key: config["spans"][key] for key in SOURCE.SETTINGS},
        splits=split_settings(),
        checksums=checksums_of,
        task=TASK,
        code=digest_of("label_sequences", task=["target"]),
    script:
        "../../scripts/label_sequences.py"
