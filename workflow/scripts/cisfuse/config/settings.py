"""The config: presets and defaults filled in, every mistake named."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cisfuse.base.errors import ConfigError
from cisfuse.config.protocols import PROTOCOLS
from cisfuse.config.schemas import check_schema, fill_defaults, load_schema, numbers_as_floats
from cisfuse.readers.addresses import with_downloads

TRAINING_OVERRIDES = (*PROTOCOLS["published"], "precision", "xla")

# Bins of the ENCODE-DREAM in vivo transcription factor binding site prediction challenge
# (2016-2017): 200 bp every 50 bp, bound when half of a bin lies in a peak, whole chromosomes
# held out. Ambiguous bins are those that touch the sample's `ambiguous` intervals.
PRESETS: dict[str, dict[str, Any]] = {
    "none": {},
    "dream": {
        "spans": {"length": 200, "stride": 50, "min_overlap": 0.5, "partial_overlap": "drop"},
        "splits": {"method": "chromosomes"},
    },
}

# Braces are wildcards to Snakemake; the others are no letters at all.
NO_LETTER = re.compile(r"[{}\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]*"
# Folders beside those of models; those of baselines are `cisfuse.evaluation.baselines.registry`'s.
RESERVED = {"folds", "ensemble"}
RESERVED_FORM = r"fold-\d+|seed-\d+"


def is_reserved(name: str) -> bool:
    """Tell whether a run cannot have this name, since its folder would be something else's."""
    return name in RESERVED or re.fullmatch(RESERVED_FORM, name) is not None


def lay_over(preset: Mapping, config: Mapping) -> dict:
    """The config with a preset's values for the keys that it does not give, to any depth."""
    laid = dict(config)
    for key, value in preset.items():
        if isinstance(value, Mapping):
            laid[key] = lay_over(value, config.get(key, {}))
        else:
            laid.setdefault(key, value)
    return laid


def load_config(config: Mapping, schema_path: str | Path, place: str, protocol: str) -> dict:
    """Check a config and fill in its defaults; addresses become files that are downloaded.

    Where the schema asks for a number, a whole one becomes a float. ``protocol`` is that of a
    config which names none. Raises `ConfigError` with the place (the config file) and the key.
    """
    schema = load_schema(schema_path)
    check_schema(dict(config), schema, place)
    check_letters(config, place)
    filled = fill_defaults(lay_over(PRESETS[config.get("preset", "none")], config), schema)
    # In the schema's order, as `fill_defaults` has it.
    filled["training"]["protocol"] = filled["training"]["protocol"] or protocol
    training = PROTOCOLS[filled["training"]["protocol"]] | filled["training"]
    keys = schema["properties"]["training"]["properties"]
    filled["training"] = {key: training[key] for key in keys}
    filled = numbers_as_floats(filled, schema, schema)
    fractions = filled["splits"]["fractions"]
    if abs(sum(fractions.values()) - 1) > 1e-6:
        raise ConfigError(
            f"{place}: splits.fractions: they add up to {sum(fractions.values()):g}; "
            "change them so that they add up to 1"
        )
    filled["references"] = with_downloads(filled["references"], filled["study"], place)
    if isinstance(names := filled["references"]["names"], Mapping):
        # YAML reads 22 as a number.
        pairs = {str(name): str(other) for name, other in names.items()}
        filled["references"]["names"] = pairs
    for motif in filled["interpretation"]["motifs"]:
        if len(motif) > filled["spans"]["length"]:
            raise ConfigError(
                f"{place}: interpretation.motifs: {motif} is longer than a span "
                f"({filled['spans']['length']} bases); shorten it"
            )
    if filled["interpretation"]["planted"] and not filled["interpretation"]["motifs"]:
        raise ConfigError(
            f"{place}: interpretation.planted: which motifs were planted is not said; name them in "
            "interpretation.motifs"
        )
    chosen, methods = (filled["interpretation"][key] for key in ("method", "methods"))
    if chosen not in methods:
        raise ConfigError(
            f"{place}: interpretation.method: {chosen} is not under interpretation.methods; add it "
            f"there, or choose one of {', '.join(methods)}"
        )
    if filled["splits"]["folds"] in (1, 2):
        raise ConfigError(
            f"{place}: splits.folds: {filled['splits']['folds']} folds are too few, since one is "
            "tested and one chooses the round; give 3 or more, or 0 for none"
        )
    _check_names(filled, place)
    return filled


def _check_names(config: Mapping, place: str) -> None:
    """Raise `ConfigError` for a model's name that is taken, or that is named but not there."""
    models = config["training"]["models"]
    named = {
        "interpretation.models": config["interpretation"]["models"],
        "evaluation.published": config["evaluation"]["published"],
    }
    for key, names in named.items():
        for name in names:
            if name not in models:
                raise ConfigError(
                    f"{place}: {key}: '{name}' is not under training.models; "
                    f"there are {', '.join(models)}"
                )
    for name in models:
        if is_reserved(name):
            raise ConfigError(
                f"{place}: training.models: '{name}' is the name of something else among the "
                "results; choose another"
            )


def check_letters(content: Any, place: str, where: str = "") -> None:
    """Raise `ConfigError` for a text with braces, wildcards to Snakemake, or with no letters."""
    if isinstance(content, Mapping):
        for key, value in content.items():
            check_letters(value, place, f"{where}.{key}".strip("."))
    elif isinstance(content, list):
        for value in content:
            check_letters(value, place, where)
    elif isinstance(content, str) and (wrong := NO_LETTER.search(content)):
        raise ConfigError(
            f"{place}: {where}: '{content}' holds {wrong[0]!r}, which no name or path may have "
            "here; leave it out, and rename the file if it is one"
        )


def model_settings(training: Mapping, name: str) -> dict:
    """The training settings of one model.

    A key is looked for among the model's own, in the protocol that the model names, and in the
    section, which `load_config` has filled from its protocol; the first that has it decides.
    ``options`` are those of the architecture, as the config has them.
    """
    own = training["models"][name]
    named = PROTOCOLS[own["protocol"]] if "protocol" in own else {}
    places = (own, named, training)
    settings = {
        key: next(place[key] for place in places if key in place) for key in TRAINING_OVERRIDES
    }
    settings["architecture"] = own.get("architecture", name)
    settings["options"] = own.get("options", {})
    for key in ("selection_metric", "stream"):
        settings[key] = training[key]
    return settings
