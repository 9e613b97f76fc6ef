# Stage: interpretation, what it is held against.
# Needs: trained models of all seeds, the spans that are explained; examples and the predictions of
#        every entry.
# Makes: interpretation/SAMPLE/closed_motifs.tsv and .json: motifs in closed chromatin, and what
#        each entry calls of them; interpretation/SAMPLE/MODEL/seed-SEED/controls.npz: the
#        attributions of random weights and of the model's other seeds.
# Steps: count_closed_motifs, attribute_controls.


rule count_closed_motifs:
    input:
        manifest="results/{study}/examples/{sample}/manifest.json",
        shards=shards(),
        valid=lambda wildcards: compared_predictions(wildcards, "valid"),
        test=lambda wildcards: compared_predictions(wildcards, "test"),
    output:
        table="results/{study}/interpretation/{sample}/closed_motifs.tsv",
        facts="results/{study}/interpretation/{sample}/closed_motifs.json",
    log:
        "results/{study}/logs/interpretation/{sample}/count_closed_motifs.log",
    benchmark:
        "results/{study}/benchmarks/interpretation/{sample}/count_closed_motifs.tsv"
    wildcard_constraints:
        sample=one_of(SAMPLES),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(210, shards=0.1),
        runtime=minutes(30),
    params:
        runs=lambda wildcards: compared_runs(wildcards.sample),
        factor=lambda wildcards: row_of(wildcards)["factor"],
        matrices=config["evaluation"]["matrices"],
        group=config["evaluation"]["taxonomic_group"],
        motifs=config["interpretation"]["motifs"],
        length=config["spans"]["length"],
        code=code_digest("count_closed_motifs"),
    script:
        "../scripts/count_closed_motifs.py"


rule attribute_controls:
    input:
        model=of_source(
            "results/{study}/training/{sample}/{model}/seed-{seed}/best.keras"
        ),
        replicates=lambda wildcards: expand(
            "results/{study}/training/{source}/{model}/seed-{replicate}/best.keras",
            source=source_of(wildcards),
            replicate=replicate_seeds(wildcards),
            **wildcards,
        ),
        spans="results/{study}/interpretation/{sample}/{model}/seed-{seed}/spans.tsv.gz",
        choice="results/{study}/interpretation/{sample}/{model}/seed-{seed}/choice.json",
    output:
        "results/{study}/interpretation/{sample}/{model}/seed-{seed}/controls.npz",
    log:
        "results/{study}/logs/interpretation/{sample}/{model}/seed-{seed}/attribute_controls.log",
    benchmark:
        "results/{study}/benchmarks/interpretation/{sample}/{model}/seed-{seed}/attribute_controls.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(960),
        runtime=minutes(60),
    params:
        methods=METHODS,
        seed=config["interpretation"]["seed"],
        code=code_digest("attribute_controls"),
    script:
        "../scripts/attribute_controls.py"
