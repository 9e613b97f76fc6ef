"""Whether the models of a config can be built, and what they read."""

from collections.abc import Collection, Mapping

from cisfuse.base.errors import ConfigError
from cisfuse.config.settings import model_settings
from cisfuse.config.training import check_training
from cisfuse.dna.sequences import BASES
from cisfuse.models.registry import architecture_of, architectures, options_of


def check_models(config: Mapping, place: str) -> None:
    """Raise `ConfigError` for a model that cannot be built or trained, or not explained as asked.

    ``config`` is what `cisfuse.config.settings.load_config` gives, of the file ``place``.
    """
    shapes = {"sequence": (config["spans"]["length"], len(BASES)), "accessibility": (1,)}
    for name in config["training"]["models"]:
        settings = model_settings(config["training"], name)
        try:
            architecture = architecture_of(settings["architecture"])
            options = options_of(settings["architecture"], settings["options"])
            architecture.check(shapes, options)
        except ConfigError as error:
            raise ConfigError(f"{place}: training.models.{name}: {error}") from None
        if name in config["interpretation"]["models"] and "sequence" not in architecture.inputs:
            raise ConfigError(
                f"{place}: interpretation.models: '{name}' reads no sequence, so it has no "
                "saliency map; take it off the list"
            )
    check_training(config, place)


def check_inputs(config: Mapping, features: Collection[str], examples: str, place: str) -> None:
    """Raise `ConfigError` for a model that reads what the examples do not have.

    features: names of what they have. examples: what they are, in words.
    """
    for name, inputs in inputs_of(config["training"]).items():
        missing = [feature for feature in inputs if feature not in features]
        if missing:
            inputs_by_name = {known: architecture_of(known).inputs for known in architectures()}
            fitting = [known for known in inputs_by_name if {*inputs_by_name[known]} <= {*features}]
            raise ConfigError(
                f"{place}: training.models: '{name}' reads {' and '.join(missing)}, which "
                f"{examples} do not have; name models of {' and '.join(features)} alone, such as "
                f"{', '.join(fitting)}"
            )


def inputs_of(training: Mapping) -> dict[str, list[str]]:
    """The features that each model reads."""
    return {
        name: list(architecture_of(model_settings(training, name)["architecture"]).inputs)
        for name in training["models"]
    }


def reads_sequence(architecture: str) -> bool:
    """Tell whether an architecture reads sequence."""
    return "sequence" in architecture_of(architecture).inputs
