# Stage: training.
# Needs: examples/SAMPLE/, verified; the best weights of another run where a model starts from it.
# Makes: training/SAMPLE/MODEL/seed-SEED/: rounds.tsv, timing.tsv, a model per round, best.keras
#        and last.keras. The undeclared folder state/ beside them lets a training that was
#        killed go on from its last complete round.
# Steps: train_model.


rule train_model:
    input:
        manifest="results/{study}/examples/{sample}/manifest.json",
        shards=shards(),
        verified="results/{study}/examples/{sample}/verified.tsv",
        start=start_weights,
    output:
        rounds="results/{study}/training/{sample}/{model}/seed-{seed}/rounds.tsv",
        timing="results/{study}/training/{sample}/{model}/seed-{seed}/timing.tsv",
        best="results/{study}/training/{sample}/{model}/seed-{seed}/best.keras",
        last="results/{study}/training/{sample}/{model}/seed-{seed}/last.keras",
        checkpoints=expand(
            "results/{study}/training/{sample}/{model}/seed-{seed}/{checkpoint}",
            checkpoint=checkpoints(),
            allow_missing=True,
        ),
    log:
        "results/{study}/logs/training/{sample}/{model}/seed-{seed}.log",
    benchmark:
        "results/{study}/benchmarks/training/{sample}/{model}/seed-{seed}.tsv"
    conda:
        "../../environment.yml"
    # One thread a model: two models side by side get 1.25 times as much out of two cores as
    # one model on both (benchmarks/training.py), and numbers do not depend on --cores.
    threads: 1
    resources:
        mem_mb=memory(820, shards=1.3),
        runtime=minutes(720),
    params:
        task=TASK,
        settings=settings_of,
        rounds=config["training"]["rounds"],
        state="results/{study}/training/{sample}/{model}/seed-{seed}/state",
        code=training_digest,
    script:
        "../scripts/train_model.py"
