# Stage: references.
# Needs: addresses of files, and their checksums, in the config.
# Makes: resources/STUDY/: the files.
# Steps: download_reference. What a source makes of them is in rules/sources/.

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
