# Stage: interpretation.
# Needs: models trained on the sample, or on the one whose models it is scored with; their
#        predictions, examples; known sites, if the config names some.
# Makes: interpretation/SAMPLE/MODEL/seed-SEED/: the motifs and spans that are explained, their
#        attributions by every method, scores of the methods, motifs, probes of the model,
#        figures of all of these.
# Steps: choose_spans, compute_attributions, score_attributions, discover_motifs, probe_model,
#        match_motifs; plot_saliency, plot_motifs, plot_probes.


rule choose_spans:
    input:
        predictions=expand(
            "results/{study}/evaluation/{sample}/{model}/seed-{seed}/{split}.tsv.gz",
            split=SPLITS,
            allow_missing=True,
        ),
        manifest="results/{study}/examples/{sample}/manifest.json",
        shards=shards(),
        sites=config["interpretation"]["sites"] or [],
        names=names_file,
    output:
        spans="results/{study}/interpretation/{sample}/{model}/seed-{seed}/spans.tsv.gz",
        sites="results/{study}/interpretation/{sample}/{model}/seed-{seed}/sites.tsv",
        choice="results/{study}/interpretation/{sample}/{model}/seed-{seed}/choice.json",
    log:
        "results/{study}/logs/interpretation/{sample}/{model}/seed-{seed}/choose_spans.log",
    benchmark:
        "results/{study}/benchmarks/interpretation/{sample}/{model}/seed-{seed}/choose_spans.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(210, spans=1.5),
        runtime=minutes(30),
    params:
        factor=lambda wildcards: row_of(wildcards)["factor"],
        matrices=config["evaluation"]["matrices"],
        group=config["evaluation"]["taxonomic_group"],
        motifs=config["interpretation"]["motifs"],
        length=config["spans"]["length"],
        planted=config["interpretation"]["planted"],
        most=config["interpretation"]["max_spans"],
        seed=config["interpretation"]["seed"],
        names=NAME_PAIRS,
        code=code_digest("choose_spans"),
    script:
        "../scripts/choose_spans.py"


rule compute_attributions:
    input:
        model=of_source(
            "results/{study}/training/{sample}/{model}/seed-{seed}/best.keras"
        ),
        spans="results/{study}/interpretation/{sample}/{model}/seed-{seed}/spans.tsv.gz",
        choice="results/{study}/interpretation/{sample}/{model}/seed-{seed}/choice.json",
    output:
        attributions="results/{study}/interpretation/{sample}/{model}/seed-{seed}/attributions.npz",
        randomised="results/{study}/interpretation/{sample}/{model}/seed-{seed}/randomised.npz",
    log:
        "results/{study}/logs/interpretation/{sample}/{model}/seed-{seed}/compute_attributions.log",
    benchmark:
        "results/{study}/benchmarks/interpretation/{sample}/{model}/seed-{seed}/compute_attributions.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(1060),
        runtime=minutes(120),
    params:
        methods=METHODS,
        seed=config["interpretation"]["seed"],
        code=code_digest("compute_attributions"),
    script:
        "../scripts/compute_attributions.py"


rule score_attributions:
    input:
        spans="results/{study}/interpretation/{sample}/{model}/seed-{seed}/spans.tsv.gz",
        sites="results/{study}/interpretation/{sample}/{model}/seed-{seed}/sites.tsv",
        attributions="results/{study}/interpretation/{sample}/{model}/seed-{seed}/attributions.npz",
        randomised="results/{study}/interpretation/{sample}/{model}/seed-{seed}/randomised.npz",
        controls="results/{study}/interpretation/{sample}/{model}/seed-{seed}/controls.npz",
    output:
        methods="results/{study}/interpretation/{sample}/{model}/seed-{seed}/methods.tsv",
    log:
        "results/{study}/logs/interpretation/{sample}/{model}/seed-{seed}/score_attributions.log",
    benchmark:
        "results/{study}/benchmarks/interpretation/{sample}/{model}/seed-{seed}/score_attributions.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(220),
        runtime=minutes(30),
    params:
        factor=lambda wildcards: row_of(wildcards)["factor"],
        matrices=config["evaluation"]["matrices"],
        group=config["evaluation"]["taxonomic_group"],
        methods=METHODS,
        method=METHOD,
        seed=config["interpretation"]["seed"],
        code=code_digest("score_attributions"),
    script:
        "../scripts/score_attributions.py"


rule discover_motifs:
    input:
        spans="results/{study}/interpretation/{sample}/{model}/seed-{seed}/spans.tsv.gz",
        attributions="results/{study}/interpretation/{sample}/{model}/seed-{seed}/attributions.npz",
    output:
        discovered="results/{study}/interpretation/{sample}/{model}/seed-{seed}/discovered.npz",
        discovery="results/{study}/interpretation/{sample}/{model}/seed-{seed}/discovery.json",
    log:
        "results/{study}/logs/interpretation/{sample}/{model}/seed-{seed}/discover_motifs.log",
    benchmark:
        "results/{study}/benchmarks/interpretation/{sample}/{model}/seed-{seed}/discover_motifs.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(760),
        runtime=minutes(120),
    params:
        method=METHOD,
        unit=SOURCE.UNIT,
        code=code_digest("discover_motifs"),
    script:
        "../scripts/discover_motifs.py"


rule probe_model:
    input:
        model=of_source(
            "results/{study}/training/{sample}/{model}/seed-{seed}/best.keras"
        ),
        spans="results/{study}/interpretation/{sample}/{model}/seed-{seed}/spans.tsv.gz",
        choice="results/{study}/interpretation/{sample}/{model}/seed-{seed}/choice.json",
        attributions="results/{study}/interpretation/{sample}/{model}/seed-{seed}/attributions.npz",
    output:
        response="results/{study}/interpretation/{sample}/{model}/seed-{seed}/response.tsv",
        positions="results/{study}/interpretation/{sample}/{model}/seed-{seed}/positions.tsv",
        profile="results/{study}/interpretation/{sample}/{model}/seed-{seed}/profile.tsv",
        margin="results/{study}/interpretation/{sample}/{model}/seed-{seed}/margin.json",
        filters="results/{study}/interpretation/{sample}/{model}/seed-{seed}/filters.npz",
    log:
        "results/{study}/logs/interpretation/{sample}/{model}/seed-{seed}/probe_model.log",
    benchmark:
        "results/{study}/benchmarks/interpretation/{sample}/{model}/seed-{seed}/probe_model.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(1270),
        runtime=minutes(30),
    params:
        method=METHOD,
        seed=config["interpretation"]["seed"],
        code=code_digest("probe_model"),
    script:
        "../scripts/probe_model.py"


rule match_motifs:
    input:
        discovered="results/{study}/interpretation/{sample}/{model}/seed-{seed}/discovered.npz",
        filters="results/{study}/interpretation/{sample}/{model}/seed-{seed}/filters.npz",
        choice="results/{study}/interpretation/{sample}/{model}/seed-{seed}/choice.json",
    output:
        motifs="results/{study}/interpretation/{sample}/{model}/seed-{seed}/motifs.tsv",
        meme="results/{study}/interpretation/{sample}/{model}/seed-{seed}/motifs.meme",
        patterns="results/{study}/interpretation/{sample}/{model}/seed-{seed}/patterns.npz",
        filters="results/{study}/interpretation/{sample}/{model}/seed-{seed}/filters.tsv",
    log:
        "results/{study}/logs/interpretation/{sample}/{model}/seed-{seed}/match_motifs.log",
    benchmark:
        "results/{study}/benchmarks/interpretation/{sample}/{model}/seed-{seed}/match_motifs.tsv"
    conda:
        "../../environment.yml"
    # Motifs and filters in one job: the first search compiles for longer than all searches take.
    threads: 1
    resources:
        mem_mb=memory(340),
        runtime=minutes(30),
    params:
        code=code_digest("match_motifs"),
    script:
        "../scripts/match_motifs.py"


rule plot_saliency:
    input:
        spans="results/{study}/interpretation/{sample}/{model}/seed-{seed}/spans.tsv.gz",
        sites="results/{study}/interpretation/{sample}/{model}/seed-{seed}/sites.tsv",
        choice="results/{study}/interpretation/{sample}/{model}/seed-{seed}/choice.json",
        margin="results/{study}/interpretation/{sample}/{model}/seed-{seed}/margin.json",
        attributions="results/{study}/interpretation/{sample}/{model}/seed-{seed}/attributions.npz",
    output:
        **explained_figures("saliency"),
        table="results/{study}/interpretation/{sample}/{model}/seed-{seed}/aligned_mean.tsv",
    log:
        "results/{study}/logs/interpretation/{sample}/{model}/seed-{seed}/plot_saliency.log",
    benchmark:
        "results/{study}/benchmarks/interpretation/{sample}/{model}/seed-{seed}/plot_saliency.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(230),
        runtime=minutes(30),
    params:
        method=METHOD,
        top=config["interpretation"]["top"],
        flank=config["interpretation"]["flank"],
        title=explained_title,
        code=code_digest("plot_saliency"),
    script:
        "../scripts/plot_saliency.py"


rule plot_motifs:
    input:
        motifs="results/{study}/interpretation/{sample}/{model}/seed-{seed}/motifs.tsv",
        patterns="results/{study}/interpretation/{sample}/{model}/seed-{seed}/patterns.npz",
        discovery="results/{study}/interpretation/{sample}/{model}/seed-{seed}/discovery.json",
        filters="results/{study}/interpretation/{sample}/{model}/seed-{seed}/filters.tsv",
        arrays="results/{study}/interpretation/{sample}/{model}/seed-{seed}/filters.npz",
    output:
        **explained_figures("motifs"),
    log:
        "results/{study}/logs/interpretation/{sample}/{model}/seed-{seed}/plot_motifs.log",
    benchmark:
        "results/{study}/benchmarks/interpretation/{sample}/{model}/seed-{seed}/plot_motifs.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(180),
        runtime=minutes(30),
    params:
        title=explained_title,
        code=code_digest("plot_motifs"),
    script:
        "../scripts/plot_motifs.py"


rule plot_probes:
    input:
        spans="results/{study}/interpretation/{sample}/{model}/seed-{seed}/spans.tsv.gz",
        choice="results/{study}/interpretation/{sample}/{model}/seed-{seed}/choice.json",
        margin="results/{study}/interpretation/{sample}/{model}/seed-{seed}/margin.json",
        attributions="results/{study}/interpretation/{sample}/{model}/seed-{seed}/attributions.npz",
        response="results/{study}/interpretation/{sample}/{model}/seed-{seed}/response.tsv",
        positions="results/{study}/interpretation/{sample}/{model}/seed-{seed}/positions.tsv",
        profile="results/{study}/interpretation/{sample}/{model}/seed-{seed}/profile.tsv",
    output:
        **explained_figures("probes"),
    log:
        "results/{study}/logs/interpretation/{sample}/{model}/seed-{seed}/plot_probes.log",
    benchmark:
        "results/{study}/benchmarks/interpretation/{sample}/{model}/seed-{seed}/plot_probes.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(170),
        runtime=minutes(30),
    params:
        method=METHOD,
        title=explained_title,
        code=code_digest("plot_probes"),
    script:
        "../scripts/plot_probes.py"
