# Stage: spans, whatever the source of examples is.
# Needs: spans/SAMPLE/spans.tsv.gz and splits.tsv, the indexed genome where there is one, and what
#        the source names in AUDITED.
# Makes: spans/SAMPLE/audit.tsv, the split leakage.
# Steps: audit_splits.


rule audit_splits:
    input:
        **SOURCE.GENOME,
        **AUDITED,
        spans="results/{study}/spans/{sample}/spans.tsv.gz",
        splits="results/{study}/spans/{sample}/splits.tsv",
    output:
        report(
            "results/{study}/spans/{sample}/audit.tsv",
            caption=f"../report/{SOURCE.NAME}/audit.rst",
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
        mem_mb=memory(480, spans=2.5, trained=2.5, fasta=1),
        runtime=minutes(30),
    params:
        source=SOURCE.NAME,
        task=TASK,
        code=digest_of("audit_splits", task=["target"], source=["audit"]),
    script:
        "../scripts/audit_splits.py"
