# Needs: the names of common.smk.
# Makes: the functions of the rules: their inputs, outputs, settings and titles.


def if_sequences(**files):
    """Outputs or inputs that only a study of labelled sequences has."""
    return files if SEQUENCES else {}


def expand_each(pattern, samples, names):
    """Inputs by name, each a list with a file per sample."""
    return {
        name: expand(pattern, sample=samples, name=name, allow_missing=True)
        for name in names
    }


def blacklist(wildcards):
    return config["references"]["blacklist"] or []


def genome_of_spans(wildcards):
    """The genome that spans are cut from; labelled sequences bring their bases."""
    if SEQUENCES:
        return {}
    fasta = f"resources/{wildcards.study}/genome/genome.fa"
    return {"fasta": fasta, "fai": f"{fasta}.fai"}


def checksums_of(wildcards, input):
    """The checksum of each input that is downloaded; a user may have brought it instead."""
    downloads = config["references"]["downloads"]
    return {path: downloads[path]["checksum"] for path in input if path in downloads}


def files_of(sample):
    """The files of one row of the sample sheet that spans are made from."""
    row = SAMPLES[sample]
    return [row[column] for column in FILE_COLUMNS if row[column]]


def row_of(wildcards):
    """The row of the sample sheet, of a fold that of its sample."""
    return SAMPLES[wildcards.sample.partition("/")[0]]


def source_of(wildcards):
    """The sample whose models are scored: the sample itself, or the one that it names."""
    return row_of(wildcards)["trained_on"] or wildcards.sample


def of_source(*patterns):
    """An input function: files of the sample whose models are scored; a path if it is one."""

    def fill(wildcards):
        values = {**wildcards, "sample": source_of(wildcards)}
        paths = [pattern.format(**values) for pattern in patterns]
        return paths[0] if len(paths) == 1 else paths

    return fill


def parts_of(sample):
    """The parts of a sample's spans, and the chromosomes of each; a BED of spans is read once."""
    return PARTS if SAMPLES[sample]["peaks"] else WHOLE


def chromosomes_of(wildcards):
    """The chromosomes of a part; an empty list means all of the FASTA."""
    return parts_of(wildcards.sample)[wildcards.part]


def gather_parts(pattern):
    """An input function: the file of each part of a sample, in the order of the config."""
    return lambda wildcards: expand(
        pattern, part=parts_of(wildcards.sample), **wildcards
    )


def labelling_inputs(wildcards):
    """What label_spans reads: tiles and peaks, or a BED of labelled spans and what checks it."""
    row = SAMPLES[wildcards.sample]
    folder = f"results/{wildcards.study}"
    checks = f"{folder}/references/{wildcards.sample}/checks.tsv"
    if row["peaks"]:
        return {
            "checks": checks,
            "peaks": row["peaks"],
            "tiles": f"{folder}/spans/tiles/{wildcards.part}.tsv.gz",
            "dropped": f"{folder}/spans/tiles/{wildcards.part}.dropped.tsv",
            "ambiguous": row["ambiguous"] or [],
        }
    return {
        "checks": checks,
        "spans": row["spans"],
        "blacklist": blacklist(wildcards),
        "fasta": f"resources/{wildcards.study}/genome/genome.fa",
        "fai": f"resources/{wildcards.study}/genome/genome.fa.fai",
    }


def settings_of(wildcards):
    return model_settings(config["training"], wildcards.model)


def training_digest(wildcards):
    """Covers the model's own architecture and no other."""
    architecture = settings_of(wildcards)["architecture"]
    return code_digest("train_model", [architecture_of(architecture).module])


def models_to_explain():
    """The models that the config names, or each that reads sequence."""
    if config["interpretation"]["models"]:
        return config["interpretation"]["models"]
    return [
        name
        for name in MODELS
        if reads_sequence(model_settings(config["training"], name)["architecture"])
    ]


def model_runs():
    """Folders MODEL/seed-SEED of trained models."""
    return [f"{model}/seed-{seed}" for model in MODELS for seed in SEEDS]


def runs_of(sample):
    """Every set of predictions of a sample: its folder below evaluation/SAMPLE."""
    ensembles = [f"{model}/ensemble" for model in MODELS if len(SEEDS) > 1]
    runs = [*model_runs(), *ensembles, *BASELINES]
    if sample in SAMPLES:
        runs += [TRANSFER_BASELINE] if SAMPLES[sample]["trained_on"] else []
        runs += EXTERNAL[sample]
    return runs


def predictions_of(wildcards):
    """The predictions of every run of a sample, of every split."""
    return expand(
        "results/{study}/evaluation/{sample}/{run}/{split}.tsv.gz",
        run=runs_of(wildcards.sample),
        split=SPLITS,
        **wildcards,
    )


def explained_figures(group):
    """What plot_GROUP draws: the PNG of each of its figures by name, and all as SVG."""
    folder = "results/{study}/interpretation/{sample}/{model}/seed-{seed}"
    figures = [each for each in EXPLANATIONS.values() if each.group == group]
    pictures = {
        figure.name: report(
            f"{folder}/{figure.name}.png",
            caption=f"../report/{figure.name}.rst",
            category="Interpretation",
            labels={"sample": "{sample}", "model": "{model}", "figure": figure.title},
        )
        for figure in figures
    }
    return pictures | {"papers": [f"{folder}/{each.name}.svg" for each in figures]}


def title_of(wildcards):
    """What a figure shows, with the word simulated where it applies."""
    row = row_of(wildcards)
    simulated = ", simulated data" if SIMULATED else ""
    pooled = ", folds pooled" if wildcards.sample in POOLED else ""
    return f"{row['factor']} in {row['cell']}{simulated}{pooled}"
