"""What was trained on what, in words: the facts at the head of a sample's part of the page."""

from collections.abc import Mapping, Sequence

from cisfuse.base.wording import name_of
from cisfuse.config.protocols import PLAIN

# Said only where a model departs from them: what nobody changed needs no word.
UNSAID = {**PLAIN, "options": {}, "stream": "auto"}


def training_words(
    settings: Mapping[str, Mapping[str, object]],
    seeds: Sequence[int],
    rounds: int,
    idle: Sequence[str] = (),
) -> tuple[str, str]:
    """The models with what sets them apart from the main one, and how that one was trained.

    ``settings`` holds for each model what `cisfuse.config.settings.model_settings` gives, for the
    main model first; ``idle`` are settings that do nothing for these examples and this task.
    """
    plain = [key for key in UNSAID if all(own.get(key) == UNSAID[key] for own in settings.values())]
    left_out = {*idle, *plain}
    settings = {
        name: {key: own[key] for key in own if key not in left_out}
        for name, own in settings.items()
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
    return ", ".join(f"{key.replace('_', ' ')} {_said(key, settings[key])}" for key in settings)


def _said(key: str, value: object) -> str:
    """A setting's value in words; paths stay as they are, and mappings are read out."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value == {}:
        return "none"
    if isinstance(value, Mapping):
        return " and ".join(f"{name.replace('_', ' ')} {value[name]}" for name in value)
    if isinstance(value, float):
        return f"{value:g}"
    return str(value) if key == "starts_from" else str(value).replace("_", " ")


def sample_facts(
    row: Mapping[str, str],
    origin: Sequence[tuple[str, str]],
    *,
    split: str,
    models: str,
    training: str,
) -> list[tuple[str, str]]:
    """What was trained on what, as terms and descriptions; ``row`` is the sample sheet's.

    ``origin`` says what examples were made from, as the source's ``facts`` do, and ``split`` how
    they were split.
    """
    found = [("Factor and cell", f"{row['factor']} in {row['cell']}"), *origin, ("Split", split)]
    if row.get("trained_on"):
        words = (
            f"on the sample {row['trained_on']}, whose models are scored here; nothing was "
            "trained on this sample"
        )
        found.append(("Trained", words))
    return [*found, ("Models", models), ("Training", training)]
