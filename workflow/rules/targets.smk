# Needs: the names of common.smk, the functions of functions.smk.
# Makes: the lists of what a run leaves: figures, results, provenance, what the page shows; its
#        last words.


def explained_inputs():
    """What the page shows of explained models: tables of all, figures of the first, by name."""
    folder = f"results/{{study}}/interpretation/{{sample}}/{{model}}/seed-{SEEDS[0]}"
    tables = ["methods.tsv", "motifs.tsv", "discovery.json", "choice.json"]
    models = models_to_explain()
    files = {f"explained_{name.split('.')[0]}": (name, models) for name in tables}
    files |= {f"figure_{name}": (f"{name}.png", models[:1]) for name in EXPLANATIONS}
    found = {
        key: expand(f"{folder}/{name}", sample=SAMPLES, model=shown, allow_missing=True)
        for key, (name, shown) in files.items()
    }
    of_samples = {
        f"closed_{ending}": closed_motifs(ending) for ending in ("tsv", "json")
    }
    return found | {key: paths for key, paths in of_samples.items() if paths}


def closed_motifs(ending):
    """The counts of motifs in closed chromatin, of examples that have accessibility."""
    if not models_to_explain() or "accessibility" not in SOURCE.FEATURES:
        return []
    pattern = (
        f"results/{config['study']}/interpretation/{{sample}}/closed_motifs.{ending}"
    )
    return expand(pattern, sample=SAMPLES)


def figures():
    """Every figure of the study, as PNG."""
    folder = f"results/{config['study']}"
    scores = expand(
        f"{folder}/evaluation/{{sample}}/{{name}}.png",
        sample=SCORED,
        name=score_figure_names(),
    )
    rounds = expand(
        f"{folder}/evaluation/{{sample}}/{{name}}.png",
        sample=TRAINED,
        name=["rounds"] + ["learning_curves"] * config["evaluation"]["learning_curves"],
    )
    explanations = expand(
        f"{folder}/interpretation/{{sample}}/{{model}}/seed-{SEEDS[0]}/{{name}}.png",
        sample=SAMPLES,
        model=models_to_explain(),
        name=[*EXPLANATIONS, *(f"requested/{file_name(each)}" for each in REQUESTS)],
    )
    return [f"{folder}/summary.png"] + scores + rounds + explanations


def results():
    """Every result that a run leaves. A missing file is made again only if it stands here:
    Snakemake does not look for what lies between, and more rounds would train nothing.
    """
    folder = f"results/{config['study']}"
    tables = expand(
        f"{folder}/spans/{{sample}}/{{table}}",
        sample=SAMPLES,
        table=SOURCE.TABLES,
    )
    examples = expand(shards(), study=config["study"], sample=[*SAMPLES, *FOLDED])
    rounds = expand(
        f"{folder}/training/{{sample}}/{{run}}/{{file}}",
        sample=[*TRAINED, *FOLDED],
        run=model_runs(),
        file=["best.keras", "last.keras", *checkpoints()],
    )
    predictions = [
        f"{folder}/evaluation/{sample}/{run}/{split}.tsv.gz"
        for sample in SCORED
        for run in runs_of(sample)
        for split in SPLITS
    ]
    pictures = [
        path.removesuffix("png") + ending
        for path in figures()
        for ending in ("png", "svg")
    ]
    explained = expand(
        f"{folder}/interpretation/{{sample}}/{{model}}/seed-{SEEDS[0]}/{{file}}",
        sample=SAMPLES,
        model=models_to_explain(),
        file=["attributions.npz", "methods.tsv", "motifs.tsv", "motifs.meme"]
        + (["requested.html"] if REQUESTS else []),
    )
    explained += closed_motifs("tsv")
    return tables + examples + rounds + predictions + explained + pictures


def made_in(wildcards):
    """Every result in a folder of the study; in the study itself what says it of its folders."""
    folder = "results/{study}/{folder}".format(**wildcards)
    if wildcards.folder:
        return [path for path in results() if path.startswith(folder)]
    names = [
        "summary.txt",
        "report.html",
        *(f"{each}provenance.json" for each in FOLDERS),
    ]
    return [f"{folder}{name}" for name in names]


PLACES = [path.split("/")[2:4] for path in results()]
FOLDERS = sorted({f"{'/'.join(place)}/" for place in PLACES if place[0] in stages()})


def headline():
    """The end of a successful run: the table of scores and where the figures are."""
    summary = Path("results", config["study"], "summary.txt")
    return summary.read_text(encoding="utf-8") if summary.is_file() else ""
