# Needs: the names of common.smk.
# Makes: the functions of the rules: their inputs, outputs, settings and titles.


def digest_of(name, task=(), source=(), modules=()):
    """`code_digest` of a rule that is given parts of the study's task and source by name."""
    return code_digest(
        name,
        [
            *(tasks.module_of(TASK, part) for part in task),
            *(sources.module_of(SOURCE.NAME, part) for part in source),
            *modules,
        ],
    )


def expand_each(pattern, samples, names):
    """Inputs by name, each a list with a file per sample."""
    return {
        name: expand(pattern, sample=samples, name=name, allow_missing=True)
        for name in names
    }


def checksums_of(wildcards, input):
    """The checksum of each input that is downloaded; a user may have brought it instead."""
    downloads = config["references"]["downloads"]
    return {path: downloads[path]["checksum"] for path in input if path in downloads}


def files_of(sample):
    """The files of one row of the sample sheet that examples are made from."""
    row = SAMPLES[sample]
    return [row[column] for column in SOURCE.FILES if row[column]]


def names_file(wildcards):
    """The file of chromosomes' names, where the config names one."""
    return NAMES if isinstance(NAMES, str) else []


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


def trained_spans(wildcards):
    """The spans of the sample whose models are scored, where it is another one."""
    name = row_of(wildcards)["trained_on"]
    return f"results/{wildcards.study}/spans/{name}/spans.tsv.gz" if name else []


def settings_of(wildcards):
    """A model's training settings, all of its architecture's options among them."""
    settings = model_settings(config["training"], wildcards.model)
    options = filled_options(settings["architecture"], settings["options"])
    return {**settings, "options": options}


def start_weights(wildcards):
    """The saved model that a training starts from: that of another run, or a file; or nothing."""
    start = start_of(config["training"], wildcards.model, int(wildcards.seed))
    if not isinstance(start, tuple):
        return start or []
    model, seed = start
    folder = f"results/{wildcards.study}/training/{wildcards.sample}"
    return f"{folder}/{model}/seed-{seed}/best.keras"


def training_digest(wildcards):
    """Covers the model's own architecture and no other."""
    architecture = settings_of(wildcards)["architecture"]
    own = architecture_of(architecture).module
    return digest_of("train_model", task=["target", "fitting"], modules=[own])


def models_to_explain():
    """The models that the config names, or each that reads sequence; none of some tasks."""
    if not tasks.part_of(TASK, "words").EXPLAINED:
        return []
    if config["interpretation"]["models"]:
        return config["interpretation"]["models"]
    return [
        name
        for name in MODELS
        if reads_sequence(model_settings(config["training"], name)["architecture"])
    ]


def reads():
    """What each model and baseline reads, for tables and figures."""
    return inputs_of(config["training"]) | baseline_inputs()


def baseline_runs():
    """What every sample is scored by beside the models."""
    return baselines_for(TASK, SOURCE.FEATURES, SOURCE.BASELINES)


def stacked_run():
    """The run whose logits are stacked with accessibility: that of the first sequence model."""
    for model, read in inputs_of(config["training"]).items():
        if read == ["sequence"]:
            return f"{model}/ensemble" if len(SEEDS) > 1 else f"{model}/seed-{SEEDS[0]}"
    return ""


def stacks():
    """The stack of a sequence model and accessibility, where there are both."""
    possible = stacked_run() and "raw_accessibility" in baseline_runs()
    return ["late_stack"] if possible else []


def baseline_modules():
    """Where the classes of the baselines are, each once."""
    return sorted({BASELINES[name].module for name in baseline_runs()})


def baseline_tables():
    """The baselines that say in NAME.tsv what they found."""
    return [name for name in baseline_runs() if BASELINES[name].table]


def split_settings():
    """The section splits of the config without the folds, which are splits of their own."""
    return {k: v for k, v in config["splits"].items() if k != "folds"}


def shards():
    """The shards of a sample, of every split."""
    count = config["examples"]["shards"]
    return [
        f"results/{{study}}/examples/{{sample}}/{split}-{shard:05d}-of-{count:05d}.tfrecord"
        for split in SPLITS
        for shard in range(count)
    ]


def checkpoints():
    """The file of each round of a training."""
    return [f"round-{n:02d}.keras" for n in range(1, config["training"]["rounds"] + 1)]


def bootstrap_settings():
    """What resamples of test depend on."""
    keys = ("block_size", "replicates", "confidence", "seed")
    return {key: config["evaluation"][key] for key in keys}


def score_tables():
    """The tables of score_predictions beside metrics and comparisons, and their files."""
    files = {"bootstrap": "bootstrap.tsv", **tasks.part_of(TASK, "words").TABLES}
    folder = "results/{study}/evaluation/{sample}"
    return {name: f"{folder}/{file}" for name, file in files.items()}


def score_figures():
    """Outputs of a rule: the PNG of each figure of the scores, by name."""
    folder = "results/{study}/evaluation/{sample}"
    return {
        figure.name: report(
            f"{folder}/{figure.name}.png",
            caption=f"../report/{TASK}/{figure.name}.rst",
            category="Scores",
            labels={"sample": "{sample}", "figure": figure.title},
        )
        for figure in tasks.part_of(TASK, "words").FIGURES
    }


def score_figure_names():
    """The figures of the scores of a sample."""
    return [figure.name for figure in tasks.part_of(TASK, "words").FIGURES]


def called_samples():
    """Samples whose called labels are scored too; not folds, whose logits are calibrated to be
    pooled."""
    evaluation = config["evaluation"]
    return (
        list(SAMPLES) if evaluation["called_labels"] or evaluation["published"] else []
    )


def model_runs():
    """Folders MODEL/seed-SEED of trained models."""
    return [f"{model}/seed-{seed}" for model in MODELS for seed in SEEDS]


def runs_of(sample):
    """Every set of predictions of a sample: its folder below evaluation/SAMPLE."""
    ensembles = [f"{model}/ensemble" for model in MODELS if len(SEEDS) > 1]
    runs = [*model_runs(), *ensembles, *baseline_runs(), *stacks()]
    if sample in SAMPLES:
        transferred = "average_accessibility"
        if SAMPLES[sample]["trained_on"] and TASK in BASELINES[transferred].tasks:
            runs.append(transferred)
        runs += EXTERNAL[sample]
    return runs


def compared_runs(sample):
    """The runs of a sample, of each model that of the first seed: the main model's is the first."""
    later = [f"{model}/seed-{seed}" for model in MODELS for seed in SEEDS[1:]]
    return [run for run in runs_of(sample) if run not in later]


def compared_predictions(wildcards, split):
    """The predictions of a split by each of the compared runs."""
    return expand(
        "results/{study}/evaluation/{sample}/{run}/{split}.tsv.gz",
        run=compared_runs(wildcards.sample),
        split=split,
        **wildcards,
    )


def replicate_seeds(wildcards):
    """Other seeds of a model, `MOST_REPLICATES` at the most."""
    others = [seed for seed in SEEDS if str(seed) != wildcards.seed]
    return others[:MOST_REPLICATES]


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


def explained_title(wildcards):
    """What a figure of a model shows, with the sample that it was trained on if that is another."""
    trained_on = row_of(wildcards)["trained_on"]
    origin = f", trained on {trained_on}" if trained_on else ""
    return f"{title_of(wildcards)}{origin}"


def stages():
    """The stages of a sample that have a folder of results."""
    return ["spans", "examples", "training", "evaluation", "interpretation"]


def template(name):
    """The template of a page."""
    return WORKFLOW / "report" / f"{name}.html.j2"


def drawing_modules():
    """The modules in which the figures of the scores are drawn."""
    figures = tasks.part_of(TASK, "words").FIGURES
    return sorted({figure.draw.partition(":")[0] for figure in figures})


def learning_figure():
    """Outputs of a rule: learning curves, where the config asks for them."""
    if not config["evaluation"]["learning_curves"]:
        return {}
    stem = "results/{study}/evaluation/{sample}/learning_curves"
    figure = report(
        f"{stem}.png",
        caption="../report/learning_curves.rst",
        category="Scores",
        labels={"sample": "{sample}", "figure": "learning curves"},
    )
    return {"learning": figure, "learning_papers": f"{stem}.svg"}


def course_inputs():
    """Inputs of the page: rounds of every training, and their figures, of each trained sample."""
    folder = "results/{study}/evaluation/{sample}"
    figures = {"rounds_figure": "rounds"}
    if config["evaluation"]["learning_curves"]:
        figures["learning"] = "learning_curves"
    inputs = {
        key: expand(f"{folder}/{name}.png", sample=TRAINED, allow_missing=True)
        for key, name in figures.items()
    }
    tables = expand(
        "results/{study}/training/{sample}/{run}/rounds.tsv",
        sample=TRAINED,
        run=model_runs(),
        allow_missing=True,
    )
    return inputs | {"rounds": tables}
