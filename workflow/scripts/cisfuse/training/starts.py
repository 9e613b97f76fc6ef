"""A training that starts from the weights of an earlier one."""

import logging
from pathlib import Path

import keras

from cisfuse.base.errors import InputError
from cisfuse.models.layers import one_strand
from cisfuse.prediction.logits import load_model

logger = logging.getLogger("cisfuse")


def copy_weights(model: keras.Model, path: str | Path) -> None:
    """Give a model's layers the weights of the layers of the same name in a saved model.

    Layers that the saved model lacks keep their fresh weights, such as a head for another task;
    the log names them. Raises `InputError` for the first layer whose weights have other shapes,
    and where no layer has the name of one of the saved model.
    """
    saved = {layer.name: layer for layer in one_strand(load_model(path)).layers}
    copied, fresh = [], []
    for layer in model.layers:
        if not layer.weights:
            continue
        if layer.name not in saved:
            fresh.append(layer.name)
            continue
        found, wanted = ([w.shape for w in of.weights] for of in (saved[layer.name], layer))
        if found != wanted:
            raise InputError(
                f"{path}: layer {layer.name}: its weights have the shapes {_listed(found)}, and "
                f"{model.name} needs {_listed(wanted)}; start from a model with the same options"
            )
        layer.set_weights(saved[layer.name].get_weights())
        copied.append(layer.name)
    if not copied:
        raise InputError(
            f"{path}: no layer has the name of one of {model.name}, which are "
            f"{', '.join(fresh)}; start from a model of this architecture"
        )
    more = f"; fresh: {', '.join(fresh)}" if fresh else ""
    logger.info("weights of %s from %s%s", ", ".join(copied), path, more)


def _listed(shapes: list[tuple[int, ...]]) -> str:
    return " and ".join(str(tuple(shape)) for shape in shapes) or "of no weight"
