"""Several devices, half precision and XLA, on logical CPU devices.

TensorFlow takes its devices once in a process, so each case has one of its own.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[3]
PATHS = os.pathsep.join(map(str, (ROOT / "workflow" / "scripts", ROOT / "tests" / "helpers")))
PRELUDE = """
import json, sys, tempfile
import keras, numpy as np, tensorflow as tf
from model_inputs import span_inputs
from trainings import train
from cisfuse.training.devices import choose_devices, mirrored
from example_builders import span_examples
from cisfuse.models.registry import build_model
from cisfuse.models.layers import HalfDropout
from cisfuse.training.rounds import TrainingSettings
from cisfuse.training.state import TrainingState

cpu = tf.config.list_physical_devices("CPU")[0]
two = [tf.config.LogicalDeviceConfiguration()] * 2
tf.config.set_logical_device_configuration(cpu, two)

def examples(count, seed):
    generator = np.random.default_rng(seed)
    labels = (np.arange(count) % 4 == 0).astype(np.float32)
    accessibility = generator.gamma(1, 1, count) + labels
    sequences = generator.choice(np.frombuffer(b"ACGT", np.uint8), (count, 30))
    return span_examples(sequences, labels, accessibility)

tf.config.experimental.enable_op_determinism()
data = {"train": examples(90, 1), "valid": examples(40, 2)}

def run(model, devices, folder=None, rounds=2, **options):
    settings = TrainingSettings(
        rounds, 2, 32, 0.01, "balanced", "average_precision", seed=5, **options
    )
    inputs = span_inputs(30, "log", {"pseudocount": 0.1})
    build = lambda: model() if callable(model) else build_model(model, inputs)
    state = TrainingState(folder or tempfile.mkdtemp() + "/state", {})
    table = train(build, data, settings, state, strategy=mirrored(devices, "CPU"))
    return table["loss"].tolist()
"""


def answer(code: str) -> object:
    """What a process prints as JSON in its last line."""
    environment = {**os.environ, "PYTHONPATH": PATHS, "TF_CPP_MIN_LOG_LEVEL": "2"}
    command = [sys.executable, "-c", PRELUDE + code]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout.splitlines()[-1])


@pytest.mark.slow
def test_two_devices_take_the_steps_of_one():
    one, two = answer(
        'print(json.dumps([run("accessibility_logistic", count) for count in (1, 2)]))'
    )
    np.testing.assert_allclose(two, one, rtol=1e-4)


@pytest.mark.slow
def test_two_devices_clip_and_schedule_as_one():
    plain, one, two = answer("""
options = {"schedule": "cosine", "warmup_steps": 3, "gradient_clip": 0.03}
runs = [run("accessibility_logistic", count, rounds=4, **options) for count in (1, 2)]
without = {**options, "gradient_clip": 0}
print(json.dumps([run("accessibility_logistic", 1, rounds=4, **without), *runs]))
""")
    np.testing.assert_allclose(two, one, rtol=1e-5)
    assert not np.allclose(plain, one, rtol=1e-4)


@pytest.mark.slow
def test_two_devices_share_the_losses_that_a_model_adds():
    """The last batch of an epoch has 26 examples, 13 for each device."""
    plain, one, two = answer("""
class Penalty(keras.layers.Layer):
    def call(self, values):
        self.add_loss(keras.ops.mean(keras.ops.square(values)))
        return values

def penalised(layer=Penalty):
    accessibility = keras.Input((1,), name="accessibility")
    dense = keras.layers.Dense(2, kernel_regularizer=keras.regularizers.L2(0.1))
    logit = keras.layers.Dense(1)(layer()(dense(accessibility)))
    return keras.Model({"accessibility": accessibility}, logit)

class without(keras.layers.Identity): pass
print(json.dumps([run(lambda: penalised(without), 1), *(run(penalised, n) for n in (1, 2))]))
""")
    np.testing.assert_allclose(two, one, rtol=1e-4)
    assert not np.allclose(plain, one, rtol=0.05)


def test_two_devices_resume_to_the_bit_and_share_no_dropout_mask():
    whole, parts, masks = answer("""
folder = tempfile.mkdtemp() + "/state"
whole = run("fusion_cnn", 2, rounds=3)
run("fusion_cnn", 2, folder, rounds=1)
parts = run("fusion_cnn", 2, folder, rounds=3)
strategy = mirrored(2, "CPU")
with strategy.scope():
    layer = HalfDropout(seed=1)
    layer.build((1, 64))
masks = strategy.run(tf.function(lambda: layer(tf.ones((1, 64)), training=True)))
masks = [mask.numpy()[0].tolist() for mask in strategy.experimental_local_results(masks)]
print(json.dumps([whole, parts, masks]))
""")
    assert parts == whole
    first, second = masks
    assert set(first) == set(second) == {0.0, 2.0}
    assert first != second


@pytest.mark.parametrize(
    "precision", [pytest.param("mixed_bfloat16", marks=pytest.mark.slow), "mixed_float16"]
)
def test_half_precision_learns_alike_and_keeps_logits_and_weights_whole(precision):
    full, half, dtypes = answer(f"""
full = run("fusion_cnn", 1, rounds=6)
folder = tempfile.mkdtemp() + "/state"
half = run("fusion_cnn", 1, folder, rounds=6, precision="{precision}")
keras.config.set_dtype_policy("{precision}")
model = build_model("fusion_cnn", span_inputs(30, "log", {{"pseudocount": 0.1}}))
inputs = {{"sequence": tf.zeros((2, 30, 4)), "accessibility": tf.ones((2, 1))}}
convolution = next(layer for layer in model.layers if isinstance(layer, keras.layers.Conv1D))
dtypes = [model(inputs).dtype.name, convolution.compute_dtype, model.weights[0].dtype]
print(json.dumps([full, half, dtypes]))
""")
    name = precision.removeprefix("mixed_")
    assert dtypes == ["float32", name, "float32"]
    assert half != full
    np.testing.assert_allclose(half, full, rtol=0.05)


@pytest.mark.slow
def test_streamed_examples_give_two_devices_and_xla_the_steps_of_one():
    one, two, compiled = answer("""
from pathlib import Path
from example_builders import write_examples
from cisfuse.examples.stream import StreamedSplit
manifest = write_examples(Path(tempfile.mkdtemp()), data, 9)
data = {split: StreamedSplit(manifest, split) for split in data}
name = "accessibility_logistic"
print(json.dumps([run(name, 1), run(name, 2), run(name, 1, xla=True)]))
""")
    np.testing.assert_allclose(two, one, rtol=1e-4)
    np.testing.assert_allclose(compiled, one, rtol=1e-4)


@pytest.mark.slow
def test_xla_takes_the_same_steps_where_there_is_no_dropout():
    plain, compiled = answer("""
print(json.dumps([run("accessibility_logistic", 1, xla=xla) for xla in (False, True)]))
""")
    np.testing.assert_allclose(compiled, plain, rtol=1e-4)


def test_xla_trains_a_network_with_dropout():
    losses = answer('print(json.dumps(run("fusion_cnn", 1, rounds=6, xla=True)))')
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("threads", [1, 2])
def test_threads_bound_tensorflow(threads):
    within, between = answer(f"""
choose_devices({threads})
tf.ones((3, 3)) @ tf.ones((3, 3))
threading = tf.config.threading
print(json.dumps([
    threading.get_intra_op_parallelism_threads(), threading.get_inter_op_parallelism_threads()
]))
""")
    assert (within, between) == (threads, 1)


def test_without_a_gpu_the_cpu_is_used_and_missing_gpus_are_told():
    names, replicas, told = answer("""
import logging
told = []
handler = logging.Handler()
handler.emit = lambda record: told.append(record.getMessage())
logging.getLogger("cisfuse").addHandler(handler)
devices = choose_devices(1, gpus=2)
print(json.dumps([devices.names, devices.strategy.num_replicas_in_sync, told]))
""")
    assert (names, replicas) == (["CPU"], 1)
    assert told == ["asked for 2 GPUs, found 0: the numbers are others"]
