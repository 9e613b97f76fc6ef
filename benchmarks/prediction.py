"""Speed of prediction with the fusion CNN, against plain Keras.

    python benchmarks/prediction.py [--quick] [--repeats 3] [--threads 1 2]

Prediction: logits of simulated spans, from bytes in memory, against `keras.Model.predict` on
one-hot floats, with its default batch of 32 and with the batch that the project uses. The
share of the matrix product is as in training.py, for the forward pass alone.
"""

import json

import measure
from training import CONVOLUTIONS, FILTERS, LENGTH, MATRIX_FLOP, matrix_product, simulated_examples

FLOP_PER_SPAN = sum(CONVOLUTIONS) + 2 * LENGTH * FILTERS
PLAIN = "keras predict, batches of 32 (default)"


def keras_predict(model, examples, batch: int):
    from cisfuse.dna.sequences import one_hot

    inputs = {
        "sequence": one_hot(examples["sequence"]),
        "accessibility": examples["accessibility"][:, None],
    }
    return lambda: model.predict(inputs, batch_size=batch, verbose=0)


def run_candidates(options) -> None:
    """Print median seconds of each candidate as JSON; runs in a process of its own."""
    import keras

    from cisfuse.models.inputs import ModelInputs
    from cisfuse.models.registry import build_model
    from cisfuse.prediction.logits import BATCH, make_predict
    from cisfuse.training.devices import limit_threads

    limit_threads(threads=options.threads[0])
    keras.utils.set_random_seed(0)
    examples = simulated_examples(options.spans)
    model = build_model("fusion_cnn", ModelInputs({"sequence": (LENGTH, 4), "accessibility": (1,)}))
    predict = make_predict(model=model)
    predictions = {
        "matrix product": matrix_product(),
        PLAIN: keras_predict(model, examples, 32),
        f"keras predict, batches of {BATCH:,}": keras_predict(model, examples, BATCH),
        f"cisfuse, batches of {BATCH:,}": lambda: predict(examples),
    }
    for function in predictions.values():
        function()
    print(json.dumps([measure.in_turn(predictions, options.repeats)]))


def main() -> None:
    parser = measure.parser("prediction.py", __doc__)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--spans", type=int, help="simulated spans")
    parser.add_argument("--measure", action="store_true", help="one process; prints JSON")
    options = measure.parse(parser)
    options.spans = options.spans or measure.size(options, smoke=200, quick=10_000, full=50_000)
    if options.measure:
        run_candidates(options)
        return
    print(f"\n{options.spans:,} simulated spans.")
    for threads in options.threads[-1:] if options.quick else options.threads:
        (predictions,) = measure.in_processes(__file__, 1, threads, options)[0]
        peak = MATRIX_FLOP / predictions.pop("matrix product")
        rows = [
            (
                name,
                f"{options.spans / seconds:,.0f}",
                f"{predictions[PLAIN] / seconds:.2f}",
                f"{100 * FLOP_PER_SPAN * options.spans / seconds / peak:.0f} %",
            )
            for name, seconds in predictions.items()
        ]
        title = f"Prediction, {threads} thread(s); matrix product {peak / 1e9:.0f} GFLOP/s"
        header = ("what", "spans/s", "ratio", "share of the matrix product")
        measure.print_table(title, header, rows)


if __name__ == "__main__":
    main()
