"""What was trained on what, in words: the facts at the head of a sample's part of the page."""

from collections.abc import Mapping, Sequence

from cisfuse.evaluation.entries import name_of

SPLIT_METHODS = {
    "blocks": "contiguous blocks of each chromosome, with gaps between splits",
    "chromosomes": "whole chromosomes",
    "random": "random spans, so that neighbours lie in train and test",
    "given": "given with the spans",
    "stratified": (
        "random, with the same share of positives in each split; identical sequences together"
    ),
    "shuffled": "shuffled and cut, as scikit-learn and Keras do it; repeats may be anywhere",
}


# Settings that do nothing where there is no accessibility.
OF_ACCESSIBILITY = ("transform", "sequence_rounds")
# Said only where a model departs from them: what nobody changed needs no word.
UNSAID = {"stream": "auto"}


def training_words(
    settings: Mapping[str, Mapping[str, object]],
    seeds: Sequence[int],
    rounds: int,
    *,
    sequences: bool = False,
) -> tuple[str, str]:
    """The models with what sets them apart from the main one, and how that one was trained.

    ``settings`` holds for each model what `cisfuse.config.settings.model_settings` gives, for the
    main model first; ``sequences`` says whether spans are labelled sequences.
    """
    if sequences:
        settings = {
            name: {key: own[key] for key in own if key not in OF_ACCESSIBILITY}
            for name, own in settings.items()
        }
    plain = [key for key in UNSAID if all(own.get(key) == UNSAID[key] for own in settings.values())]
    settings = {
        name: {key: own[key] for key in own if key not in plain} for name, own in settings.items()
    }
    main = next(iter(settings.values()))
    models = []
    for name, own in settings.items():
        apart = {key: own[key] for key in own if key != "architecture" and own[key] != main[key]}
        if own["architecture"] != name:
            apart = {"architecture": own["architecture"], **apart}
        models.append(name_of(name) + (f" ({_listed(apart)})" if apart else ""))
    numbers = ", ".join(str(seed) for seed in seeds)
    shared = {key: value for key, value in main.items() if key != "architecture"}
    training = f"{_counted(len(seeds), 'seed')} ({numbers}), {_counted(rounds, 'round')}"
    return ", ".join(models), f"{training}, {_listed(shared)}"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _listed(settings: Mapping[str, object]) -> str:
    words = {True: "yes", False: "no"}
    return ", ".join(
        f"{key.replace('_', ' ')} "
        + (words[value] if isinstance(value, bool) else str(value).replace("_", " "))
        for key, value in settings.items()
    )


def sample_facts(
    row: Mapping[str, str],
    *,
    genome: str | None,
    span_length: int,
    method: str,
    models: str,
    training: str,
    count: int = 0,
) -> list[tuple[str, str]]:
    """What was trained on what, as terms and descriptions; ``row`` is the sample sheet's.

    ``count`` is the number of labelled sequences, which have no genome.
    """
    facts = [("Factor and cell", f"{row['factor']} in {row['cell']}")]
    if row.get("sequences"):
        labels = f", with the labels of {row['labels']}" if row.get("labels") else ""
        method = "given with the sequences" if method == "given" else method
        facts.append(("Sequences", f"{count:,} of {span_length} bases, {row['sequences']}{labels}"))
    else:
        source = (
            f"labelled by the peaks {row['peaks']}"
            if row["peaks"]
            else f"with the labels of {row['spans']}"
        )
        facts += [
            ("Genome", genome),
            ("Spans", f"{span_length} bp, {source}"),
            ("Accessibility", row["atac"]),
        ]
    facts += [
        ("Split", SPLIT_METHODS.get(method, method)),
        ("Models", models),
        ("Training", training),
    ]
    if row.get("ambiguous"):
        facts.insert(3, ("Left out", f"unbound spans that touch {row['ambiguous']}"))
    if row.get("trained_on"):
        words = (
            f"on the sample {row['trained_on']}, whose models are scored here; nothing was "
            "trained on this sample"
        )
        facts.insert(-2, ("Trained", words))
    return facts
