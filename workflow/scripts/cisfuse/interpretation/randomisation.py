"""A model that learned nothing, as a control of attributions.

J. Adebayo, J. Gilmer, M. Muelly, I. Goodfellow, M. Hardt and B. Kim, "Sanity checks for
saliency maps" (NeurIPS 2018).
"""

import keras


def randomise(model: keras.Model, seed: int) -> keras.Model:
    """The same architecture with freshly drawn weights.

    What its maps still show of a motif comes from the input or from the architecture, and from
    nothing that was learned. Sets the global seed of Keras.
    """
    keras.utils.set_random_seed(seed)
    return keras.models.clone_model(model)
