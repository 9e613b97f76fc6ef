"""Speed of a training step of the fusion CNN: dropout, and threads against models side by side.

    python benchmarks/training_step.py [--repeats 3] [--spans 20000]

Prints spans per second as medians, and ratios against the reference of the same run: Keras's
own Dropout, and one model on two threads. Random data; nothing is learned.
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[1] / "workflow" / "scripts"
BATCH = 1000


def measure(threads: int, dropout: str, spans: int, repeats: int) -> None:
    """Print spans per second of each repeat; runs in a process of its own."""
    sys.path.insert(0, str(SCRIPTS))
    import keras
    import numpy as np

    from cisfuse import training
    from cisfuse.examples import Examples
    from cisfuse.models import build_model, layers
    from cisfuse.models.settings import ModelSettings

    training.limit_threads(threads)
    keras.utils.set_random_seed(0)
    if dropout == "keras":
        layers.HalfDropout = lambda: keras.layers.Dropout(0.5)
    generator = np.random.default_rng(0)
    examples = Examples(
        names=np.arange(spans),
        sequences=generator.choice(np.frombuffer(b"ACGT", np.uint8), (spans, 101)),
        labels=(generator.random(spans) < 0.01).astype(np.float32),
        signals={"accessibility": generator.random(spans).astype(np.float32)},
    )
    model = build_model("fusion_cnn", ModelSettings(101, "none", {}))
    optimizer = keras.optimizers.Adam(0.001)
    optimizer.build(model.trainable_variables)
    feed = training.Feed(examples, training.model_inputs(model))
    steps = training.make_train_steps(model, optimizer, feed, BATCH, (1.0, 1.0))
    steps(np.arange(2 * BATCH, dtype=np.int32))
    for _ in range(repeats):
        start = time.monotonic()
        steps(np.arange(spans, dtype=np.int32))
        print(spans / (time.monotonic() - start), flush=True)


def speeds(jobs: int, threads: int, dropout: str, options: argparse.Namespace) -> float:
    """Median spans per second of ``jobs`` processes at once, added up."""
    command = [sys.executable, __file__, "--measure", str(threads), dropout]
    command += ["--spans", str(options.spans), "--repeats", str(options.repeats)]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    processes = [subprocess.Popen(command, env=environment, **pipes) for _ in range(jobs)]
    outputs = [process.communicate()[0] for process in processes]
    return sum(statistics.median(float(line) for line in text.split()) for text in outputs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--spans", type=int, default=20_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--measure", nargs=2, metavar=("THREADS", "DROPOUT"), help="one process")
    options = parser.parse_args()
    if options.measure:
        threads, dropout = options.measure
        measure(int(threads), dropout, options.spans, options.repeats)
        return
    print(f"{platform.machine()}, {os.cpu_count()} cores, batches of {BATCH}")
    print(f"{'what':<52}{'spans/s':>9}{'ratio':>7}")
    for threads in (1, 2):
        reference = speeds(1, threads, "keras", options)
        found = speeds(1, threads, "half", options)
        print(f"{f'keras.layers.Dropout, {threads} thread(s)':<52}{reference:>9,.0f}{1:>7.2f}")
        print(f"{f'HalfDropout, {threads} thread(s)':<52}{found:>9,.0f}{found / reference:>7.2f}")
    reference = speeds(1, 2, "half", options)
    found = speeds(2, 1, "half", options)
    print(f"{'HalfDropout, one model on two threads':<52}{reference:>9,.0f}{1:>7.2f}")
    line = "HalfDropout, two models on one thread each"
    print(f"{line:<52}{found:>9,.0f}{found / reference:>7.2f}")


if __name__ == "__main__":
    main()
