"""The loops that training.py compares with: the published one, plain Keras, PyTorch, DeepChem.

Each function takes `cisfuse.examples.shards.Examples` and returns a function that trains one epoch.
"""

from itertools import pairwise

BATCH = 1000
LENGTH = 101
FILTERS, WIDTH = 15, 10


def fusion_cnn(dropout: str = "cisfuse"):
    """The fusion CNN with the project's dropout, with that of Keras, or with none."""
    import keras

    from cisfuse.models import layers
    from cisfuse.models.inputs import ModelInputs
    from cisfuse.models.registry import build_model

    own = layers.HalfDropout
    makers = {"cisfuse": own, "keras": lambda: keras.layers.Dropout(0.5)}
    layers.HalfDropout = makers.get(dropout, keras.layers.Identity)
    try:
        return build_model(
            "fusion_cnn", ModelInputs({"sequence": (LENGTH, 4), "accessibility": (1,)})
        )
    finally:
        layers.HalfDropout = own


def plain_model():
    """The fusion CNN of plain Keras layers, compiled for `fit`."""
    import keras

    model = fusion_cnn("keras")
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.001), loss)
    return model


def published_loop(examples):
    """One epoch as chapter 6 of Deep Learning for the Life Sciences has it."""
    import numpy as np

    from cisfuse.dna.sequences import one_hot

    model = plain_model()
    encoded = one_hot(examples["sequence"])
    labels = examples.targets[:, None]
    names = [name.decode() for name in examples.names]
    accessibility_of = dict(zip(names, examples["accessibility"].tolist(), strict=True))
    weights = np.ones(len(examples), np.float32)
    generator = np.random.default_rng(0)

    def batches():
        order = generator.permutation(len(examples))
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            values = np.array([accessibility_of[names[row]] for row in rows], np.float32)
            inputs = {"sequence": encoded[rows], "accessibility": values[:, None]}
            yield inputs, labels[rows], weights[rows]

    return lambda: model.fit(batches(), epochs=1, verbose=0)


def plain_fit(examples):
    """One epoch of `fit` on a cached, shuffled, prefetched tf.data pipeline."""
    import tensorflow as tf

    from cisfuse.dna.sequences import one_hot

    model = plain_model()
    inputs = {
        "sequence": one_hot(examples["sequence"]),
        "accessibility": examples["accessibility"][:, None],
    }
    dataset = tf.data.Dataset.from_tensor_slices((inputs, examples.targets[:, None]))
    dataset = dataset.cache().shuffle(len(examples), seed=0).batch(BATCH).prefetch(2)
    return lambda: model.fit(dataset, epochs=1, verbose=0)


def torch_loop(examples, threads: int):
    """One epoch of the same network in PyTorch, bytes in memory encoded batch by batch."""
    import numpy as np
    import torch
    from torch import nn

    from cisfuse.dna.sequences import one_hot_table

    torch.set_num_threads(threads)
    generator = np.random.default_rng(0)
    channels = [4, FILTERS, FILTERS, FILTERS]
    blocks = [
        module
        for inputs, outputs in pairwise(channels)
        for module in (
            nn.Conv1d(inputs, outputs, WIDTH, padding="same"),
            nn.ReLU(),
            nn.Dropout(0.5),
        )
    ]
    tower = nn.Sequential(*blocks, nn.Flatten())
    logit = nn.Linear(FILTERS * LENGTH + 1, 1)
    optimizer = torch.optim.Adam([*tower.parameters(), *logit.parameters()], 0.001)
    codes = torch.from_numpy(examples["sequence"])
    table = torch.from_numpy(one_hot_table())
    values = torch.from_numpy(examples["accessibility"][:, None])
    labels = torch.from_numpy(examples.targets[:, None])

    def epoch():
        order = torch.from_numpy(generator.permutation(len(examples)))
        for rows in order.split(BATCH):
            sequence = table[codes[rows].long()].transpose(1, 2)
            logits = logit(torch.cat([tower(sequence), values[rows]], dim=1))
            loss = nn.functional.binary_cross_entropy_with_logits(logits, labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    return epoch


def deepchem_loop(examples, threads: int):
    """One epoch by DeepChem's `fit_generator`, with Keras 2, which DeepChem 2.8 needs."""
    import deepchem
    import numpy as np
    import tensorflow as tf
    from tensorflow.keras import layers

    from cisfuse.dna.sequences import one_hot

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    sequence, accessibility = tf.keras.Input((LENGTH, 4)), tf.keras.Input((1,))
    hidden = sequence
    for _ in range(3):
        hidden = layers.Conv1D(FILTERS, WIDTH, padding="same", activation="relu")(hidden)
        hidden = layers.Dropout(0.5)(hidden)
    hidden = layers.Concatenate()([layers.Flatten()(hidden), accessibility])
    logit = layers.Dense(1)(hidden)
    outputs = [layers.Activation("sigmoid")(logit), logit]
    model = deepchem.models.KerasModel(
        tf.keras.Model([sequence, accessibility], outputs),
        loss=deepchem.models.losses.SigmoidCrossEntropy(),
        output_types=["prediction", "loss"],
        batch_size=BATCH,
    )
    names = [name.decode() for name in examples.names]
    accessibility_of = dict(zip(names, examples["accessibility"].tolist(), strict=True))
    dataset = deepchem.data.DiskDataset.from_numpy(
        one_hot(examples["sequence"]), examples.targets[:, None], ids=names
    )

    def batches():
        for inputs, labels, weights, found in dataset.iterbatches(BATCH, pad_batches=True):
            values = np.array([accessibility_of[name] for name in found])
            yield [inputs, values], [labels], [weights]

    return lambda: model.fit_generator(batches())
