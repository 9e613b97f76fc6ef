# Stage: examples.
# Needs: spans/SAMPLE/spans.tsv.gz and the indexed genome where there is one.
# Makes: examples/SAMPLE/SPLIT-00000-of-0000N.tfrecord and manifest.json.
# Steps: write_tfrecords, verify_tfrecords (reads every shard back).


rule write_tfrecords:
    input:
        **SOURCE.GENOME,
        spans="results/{study}/spans/{sample}/spans.tsv.gz",
    output:
        manifest="results/{study}/examples/{sample}/manifest.json",
        shards=shards(),
    log:
        "results/{study}/logs/examples/{sample}/write_tfrecords.log",
    benchmark:
        "results/{study}/benchmarks/examples/{sample}/write_tfrecords.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(130, spans=1, fasta=1.2),
        runtime=minutes(60),
    params:
        sample="{sample}",
        source=SOURCE.NAME,
        task=TASK,
        spans={key: config["spans"][key] for key in SOURCE.SETTINGS},
        splits=split_settings(),
        code=digest_of("write_tfrecords", task=["target"], source=["examples"]),
    script:
        "../scripts/write_tfrecords.py"


rule verify_tfrecords:
    input:
        manifest="results/{study}/examples/{sample}/manifest.json",
        shards=shards(),
    output:
        "results/{study}/examples/{sample}/verified.tsv",
    log:
        "results/{study}/logs/examples/{sample}/verify_tfrecords.log",
    benchmark:
        "results/{study}/benchmarks/examples/{sample}/verify_tfrecords.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(130),
        runtime=minutes(30),
    params:
        code=code_digest("verify_tfrecords"),
    script:
        "../scripts/verify_tfrecords.py"
