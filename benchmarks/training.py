"""Speed of training the fusion CNN, against the published loop and a plain Keras `fit`.

    python benchmarks/training.py [--quick] [--repeats 3] [--threads 1 2]

For each number of threads one process takes turns at all candidates, with the same batches of
1,000 simulated spans, Adam and sigmoid cross-entropy:

- the published loop: a Python generator yields float one-hot batches and looks up each span's
  accessibility by its name, into `keras.Model.fit`;
- plain fit: a cached tf.data pipeline of one-hot floats into `keras.Model.fit`;
- the convolutions of these steps alone, forward and backward: what no loop can go below;
- the project's loop, also with Keras's own dropout, with none, with XLA, and in half precision;
- the same network in PyTorch, and the published network in DeepChem's own loop, in a process
  of its own: where PyTorch, or DeepChem with tf_keras, is installed beside the requirements.

The share of the matrix product is a candidate's floating-point operations per second over
those of a product of two 2,048 x 2,048 float32 matrices in the same process. At the end two
trainings side by side on one thread each stand against one on two threads.
"""

import json
import os
from importlib.util import find_spec

import measure
from references import training_loops
from references.training_loops import BATCH, FILTERS, LENGTH, WIDTH

# Forward and backward; the gradient with respect to the one-hot sequence is not taken.
CONVOLUTIONS = [2 * LENGTH * WIDTH * FILTERS * channels for channels in (4, FILTERS, FILTERS)]
FLOP_PER_SPAN = 2 * CONVOLUTIONS[0] + 3 * sum(CONVOLUTIONS[1:]) + 3 * 2 * LENGTH * FILTERS
MATRIX_FLOP = 10 * 2 * 2048**3
PUBLISHED = "published loop: generator into fit"
PLAIN = "plain fit on a cached dataset"
OURS = "cisfuse"


def simulated_examples(spans: int):
    """Random spans with one positive in a hundred."""
    import numpy as np

    from cisfuse.examples.shards import Examples
    from cisfuse.sources.spans.examples import features
    from cisfuse.tasks.binding import target

    generator = np.random.default_rng(0)
    names = [f"chr22:{101 * row}-{101 * row + 101}" for row in range(spans)]
    arrays = {
        "name": np.array(names, "S"),
        "sequence": generator.choice(np.frombuffer(b"ACGT", np.uint8), (spans, LENGTH)),
        "label": (generator.random(spans) < 0.01).astype(np.int64),
        "accessibility": generator.random(spans).astype(np.float32),
    }
    return Examples(features(LENGTH, target), arrays)


def own_loop(examples, dropout: str = "cisfuse", precision: str = "float32", xla: bool = False):
    """One epoch of the project's loop."""
    import keras

    from cisfuse.prediction.logits import model_inputs
    from cisfuse.tasks.binding import fitting
    from cisfuse.training import rounds
    from cisfuse.training.feed import Feed
    from cisfuse.training.losses import sigmoid_cross_entropy

    keras.config.set_dtype_policy(precision)
    settings = rounds.TrainingSettings(
        rounds=1,
        epochs_per_round=1,
        batch_size=BATCH,
        learning_rate=0.001,
        class_weights="none",
        selection_metric="average_precision",
        seed=0,
        precision=precision,
        xla=xla,
    )
    model = training_loops.fusion_cnn(dropout)
    keras.config.set_dtype_policy("float32")
    optimizer = rounds.make_optimizer(model=model, settings=settings)
    feed = Feed(examples=examples, inputs=model_inputs(model=model))
    steps = rounds.make_train_steps(
        model=model,
        optimizer=optimizer,
        feed=feed,
        settings=settings,
        weights=(1.0, 1.0),
        loss_of=sigmoid_cross_entropy,
    )
    return lambda: rounds.train_round(
        train_steps=steps, feed=feed, number=1, settings=settings, task=fitting
    )


def convolutions_alone(examples):
    """The convolutions of an epoch's steps and their gradients, and nothing beside them."""
    import tensorflow as tf

    filters = [
        tf.Variable(tf.random.normal((WIDTH, channels, FILTERS)))
        for channels in (4, FILTERS, FILTERS)
    ]
    sequence = tf.random.normal((BATCH, LENGTH, 4))

    @tf.function
    def gradients():
        with tf.GradientTape() as tape:
            hidden = sequence
            for kernel in filters:
                hidden = tf.nn.conv1d(hidden, kernel, 1, "SAME")
            total = tf.nn.l2_loss(hidden)
        return [tf.reduce_sum(gradient) for gradient in tape.gradient(total, filters)]

    return lambda: [gradients() for _ in range(len(examples) // BATCH)][-1][0].numpy()


def matrix_product():
    """Ten products of two float32 matrices of 2,048 rows and columns."""
    import tensorflow as tf

    matrix = tf.random.normal((2048, 2048))
    product = tf.function(lambda: tf.matmul(matrix, matrix))
    return lambda: [product() for _ in range(10)][-1].numpy()


def run_candidates(options) -> None:
    """Print median seconds of each candidate as JSON; runs in a process of its own."""
    import keras

    from cisfuse.training.devices import limit_threads

    threads = options.threads[0]
    limit_threads(threads=threads)
    keras.utils.set_random_seed(0)
    examples = simulated_examples(options.spans)
    candidates = {OURS: own_loop(examples)}
    if not options.only_own:
        candidates = {
            "matrix product": matrix_product(),
            PUBLISHED: training_loops.published_loop(examples),
            PLAIN: training_loops.plain_fit(examples),
            "the convolutions alone": convolutions_alone(examples),
            "cisfuse with keras.layers.Dropout": own_loop(examples, "keras"),
            "cisfuse without dropout": own_loop(examples, "none"),
            **candidates,
        }
        if not options.quick:
            candidates |= {
                "cisfuse, mixed_bfloat16": own_loop(examples, precision="mixed_bfloat16"),
                "cisfuse, XLA": own_loop(examples, xla=True),
            }
        if find_spec("torch"):
            candidates["PyTorch, eager"] = training_loops.torch_loop(examples, threads)
    print_medians(candidates, options)


def print_medians(candidates, options) -> None:
    """Call each candidate once to warm up, then in turn; print median seconds as JSON."""
    for function in candidates.values():
        function()
    print(json.dumps(measure.in_turn(candidates, options.repeats)))


def print_candidates(threads: int, options) -> float:
    """Print a row per candidate; returns the seconds of the project's own loop."""
    (seconds,) = measure.in_processes(__file__, 1, threads, options)
    peak = MATRIX_FLOP / seconds.pop("matrix product")
    if find_spec("deepchem") and find_spec("tf_keras"):
        seconds |= measure.in_processes(__file__, 1, threads, options, "--deepchem")[0]
    rows = [
        (
            name,
            f"{options.spans / value:,.0f}",
            f"{seconds[PUBLISHED] / value:.2f}",
            f"{seconds[PLAIN] / value:.2f}",
            f"{100 * FLOP_PER_SPAN * options.spans / value / peak:.0f} %",
        )
        for name, value in seconds.items()
    ]
    title = f"Training, {threads} thread(s); matrix product {peak / 1e9:.0f} GFLOP/s"
    header = ("what", "spans/s", "ratio to the published loop", "ratio to plain fit")
    measure.print_table(title, (*header, "share of the matrix product"), rows)
    return seconds[OURS]


def main() -> None:
    parser = measure.parser("training.py", __doc__)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--spans", type=int, help="simulated spans of an epoch")
    parser.add_argument("--measure", action="store_true", help="one process; prints JSON")
    parser.add_argument("--only-own", action="store_true", help="with --measure")
    parser.add_argument("--deepchem", action="store_true", help="with --measure")
    options = measure.parse(parser)
    options.spans = options.spans or measure.size(options, smoke=BATCH, quick=10_000, full=40_000)
    if options.measure and options.deepchem:
        os.environ["TF_USE_LEGACY_KERAS"] = "True"
        loop = training_loops.deepchem_loop(simulated_examples(options.spans), options.threads[0])
        print_medians({"DeepChem's loop, Keras 2": loop}, options)
        return
    if options.measure:
        run_candidates(options)
        return
    print(f"\n{options.spans:,} simulated spans an epoch, batches of {BATCH:,}.")
    for threads in options.threads[-1:] if options.quick else options.threads:
        own = print_candidates(threads, options)
    if options.smoke:
        one = [{OURS: own}]  # a further process costs seconds, and would show nothing new
    else:
        one = measure.in_processes(__file__, 1, 2, options, "--only-own")
    two = measure.in_processes(__file__, 2, 1, options, "--only-own")
    speeds = {
        "one training on two threads": sum(options.spans / found[OURS] for found in one),
        "two trainings side by side, one thread each": sum(
            options.spans / found[OURS] for found in two
        ),
    }
    reference = next(iter(speeds.values()))
    rows = [(name, f"{speed:,.0f}", f"{speed / reference:.2f}") for name, speed in speeds.items()]
    measure.print_table("Threads or models side by side", ("what", "spans/s", "ratio"), rows)


if __name__ == "__main__":
    main()
