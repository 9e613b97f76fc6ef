"""Speed of the methods of attribution with the fusion CNN, against plain Keras.

    python benchmarks/attribution.py [--quick] [--repeats 3] [--threads 1 2]

Each method on simulated spans, with the model that averages both strands, whose weights are
fresh. The reference of the gradient methods is a `GradientTape` in eager mode, in batches of 256
sequences, at as many points of each span as the method takes (64 of integrated gradients, before
any doubling); that of mutagenesis and deletion is `keras.Model.predict`, in its default batches of
32, on every changed sequence. References are measured on fewer spans, and their speed is per span.
"""

import json

import measure
from training import LENGTH, simulated_examples

TAPE, PREDICT = "GradientTape, eager", "keras predict"
FEWER = 20  # the references get one span in so many
# Other letters in the place of each base: three bases, or these and an N.
CHANGES = {"mutagenesis": 3, "deletion": 4}


def eager_gradients(model, examples, points: int, batch: int = 256):
    import numpy as np
    import tensorflow as tf

    from cisfuse.dna.sequences import one_hot

    sequence = np.repeat(one_hot(examples["sequence"]), points, axis=0)
    accessibility = np.repeat(examples["accessibility"][:, None], points, axis=0)

    def compute():
        for start in range(0, len(sequence), batch):
            rows = slice(start, start + batch)
            inputs = {
                "sequence": tf.constant(sequence[rows]),
                "accessibility": tf.constant(accessibility[rows]),
            }
            with tf.GradientTape() as tape:
                tape.watch(inputs)
                logits = model(inputs, training=False)
            tape.gradient(logits, inputs)["sequence"].numpy()

    return compute


def every_change(model, examples, changes: int):
    """As many sequences as there are changes of a base; which base it is costs the same."""
    import numpy as np

    from cisfuse.dna.sequences import one_hot

    count = changes * LENGTH
    sequence = np.repeat(one_hot(examples["sequence"]), count, axis=0)
    accessibility = np.repeat(examples["accessibility"][:, None], count, axis=0)
    inputs = {"sequence": sequence, "accessibility": accessibility}
    return lambda: model.predict(inputs, verbose=0)


def run_candidates(options) -> None:
    """Print median seconds per span of each candidate as JSON; runs in a process of its own."""
    import keras

    from cisfuse.interpretation import methods
    from cisfuse.interpretation.attribution import Explainer
    from cisfuse.models.inputs import ModelInputs
    from cisfuse.models.layers import both_strands
    from cisfuse.models.registry import build_model
    from cisfuse.training.devices import limit_threads

    limit_threads(threads=options.threads[0])
    keras.utils.set_random_seed(0)
    examples = simulated_examples(options.spans)
    few = examples.take(slice(0, options.spans // FEWER))
    inputs = ModelInputs({"sequence": (LENGTH, 4), "accessibility": (1,)})
    model = both_strands(build_model("fusion_cnn", inputs))
    explainer = Explainer(model=model, median=0.1)
    points = {
        "gradient": 1,
        "gradient_times_input": 1,
        "integrated_gradients": methods.STEPS,
        "expected_gradients": methods.REFERENCES * methods.REFERENCE_STEPS,
    }
    answers = {}
    for name, method in methods.METHODS.items():
        if name in CHANGES:
            reference = every_change(model, few, CHANGES[name])
        else:
            reference = eager_gradients(model, few, points[name])
        candidates = {
            "reference": reference,
            "cisfuse": lambda method=method: method(explainer=explainer, examples=examples, seed=0),
        }
        for function in candidates.values():
            function()
        seconds = measure.in_turn(candidates, options.repeats)
        answers[name] = (seconds["reference"] / len(few), seconds["cisfuse"] / len(examples))
    print(json.dumps(answers))


def main() -> None:
    parser = measure.parser("attribution.py", __doc__)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--spans", type=int, help="simulated spans")
    parser.add_argument("--measure", action="store_true", help="one process; prints JSON")
    options = measure.parse(parser)
    options.spans = options.spans or measure.size(options, smoke=FEWER, quick=200, full=1000)
    if options.measure:
        run_candidates(options)
        return
    print(f"\n{options.spans:,} simulated spans.")
    for threads in options.threads[-1:] if options.quick else options.threads:
        found = measure.in_processes(__file__, 1, threads, options)[0]
        rows = [
            (
                name,
                PREDICT if name in CHANGES else TAPE,
                f"{1000 * reference:.2f}",
                f"{1000 * seconds:.2f}",
                f"{reference / seconds:.2f}",
            )
            for name, (reference, seconds) in found.items()
        ]
        header = ("method", "reference", "reference, s per 1,000", "s per 1,000 spans", "ratio")
        measure.print_table(f"Attribution, {threads} thread(s)", header, rows)


if __name__ == "__main__":
    main()
