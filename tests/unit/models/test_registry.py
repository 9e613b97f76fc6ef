"""The registry finds architectures by looking, without importing Keras."""

import subprocess
import sys

import numpy as np
import pytest
from model_inputs import span_inputs

from cisfuse.base.errors import ConfigError
from cisfuse.models import registry
from cisfuse.models.registry import (
    architecture_of,
    architectures,
    build_model,
    filled_options,
    options_of,
)

SCRIPTS = registry.FOLDER.parents[1]


def test_architectures_are_the_files_that_define_build():
    assert {"fusion_cnn", "sequence_cnn", "tfbs_cnn"} <= set(architectures())
    assert not {"layers", "registry", "inputs", "options", "checks"} & set(architectures())


def test_a_further_file_is_a_further_architecture(tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text("def build(inputs, options):\n    return None\n")
    (tmp_path / "shared.py").write_text("class Layer:\n    def build(self):\n        pass\n")
    (tmp_path / "._mine.py").write_bytes(b"\x00\xff")
    monkeypatch.setattr(registry, "FOLDER", tmp_path)
    assert registry.architectures.__wrapped__() == ("mine",)


def test_looking_at_architectures_imports_neither_keras_nor_tensorflow():
    lines = [
        "import sys",
        "from cisfuse.models.checks import inputs_of",
        "from cisfuse.models.registry import architecture_of, architectures",
        "assert [architecture_of(name) for name in architectures()]",
        "assert not {'keras', 'tensorflow'} & set(sys.modules)",
    ]
    command = [sys.executable, "-c", "\n".join(lines)]
    result = subprocess.run(
        command, env={"PYTHONPATH": str(SCRIPTS)}, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("name", architectures())
def test_an_architecture_declares_what_is_needed(name):
    architecture = architecture_of(name)
    assert architecture.module == f"cisfuse.models.{name}"
    assert architecture.inputs
    filled = filled_options(name, {})
    assert options_of(name, filled) == architecture.options()


def test_unknown_architecture_lists_those_there_are():
    with pytest.raises(
        ConfigError, match=r"called 'fusion_cn'; there are accessibility_logistic, "
    ):
        build_model("fusion_cn", span_inputs(101))


def test_options_change_the_network():
    inputs = span_inputs(50)
    given = {"filters": 4, "width": 5, "layers": 2, "dropout": 0}
    model = build_model("fusion_cnn", inputs, given)
    kernels = [weights.shape for weights in model.get_weights() if weights.ndim == 3]
    assert kernels == [(5, 4, 4), (5, 4, 4)]
    assert model.count_params() == (5 * 4 * 4 + 4) + (5 * 4 * 4 + 4) + (50 * 4 + 1) + 1
    small = build_model("tfbs_cnn", inputs, {"filters": 3, "width": 6, "pool": 5, "units": 2})
    assert small.count_params() == (6 * 4 * 3 + 3) + (9 * 3 * 2 + 2) + 3
    deep = build_model("tfbs_cnn_deep", inputs, {"units": [7], "narrow_units": [3, 2]})
    dense = [weights.shape[1] for weights in deep.get_weights() if weights.ndim == 2]
    assert dense == [7, 3, 2, 2]


def test_dropout_of_one_half_is_the_quick_one_and_another_rate_that_of_keras():
    def kinds(rate: float) -> list[str]:
        layers = build_model("sequence_cnn", span_inputs(50), {"dropout": rate}).layers
        return [type(layer).__name__ for layer in layers if "Dropout" in type(layer).__name__]

    assert kinds(0.5) == ["HalfDropout"] * 3
    assert kinds(0.25) == ["Dropout"] * 3


def test_a_network_refuses_what_its_options_make_too_short():
    build_model("tfbs_cnn", span_inputs(50), {"width": 47})
    with pytest.raises(ConfigError, match=r"tfbs_cnn needs 51 bases or more, spans\.length is 50"):
        build_model("tfbs_cnn", span_inputs(50), {"width": 48})


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("fusion_cnn", {"filter": 3}, r"options: unknown key 'filter'; did you mean 'filters'\?"),
        ("fusion_cnn", {"qqq": 3}, "options: unknown key 'qqq'; known are filters, width, layers"),
        ("accessibility_logistic", {"units": 3}, "key 'units'; this architecture has no options"),
        ("fusion_cnn", {"filters": "a"}, r"options\.filters: 'a' is not a whole number; write"),
        ("fusion_cnn", {"filters": 3.0}, r"options\.filters: 3\.0 is not a whole number"),
        ("fusion_cnn", {"filters": True}, r"options\.filters: True is not a whole number"),
        ("fusion_cnn", {"filters": 0}, r"options\.filters: 0 is out of range; give 1 to 10000"),
        ("fusion_cnn", {"dropout": 1}, r"options\.dropout: 1\.0 is out of range; give 0 to 0\.99"),
        ("fusion_cnn", {"dropout": np.nan}, r"options\.dropout: nan is not a finite number"),
        ("tfbs_cnn_deep", {"units": 5}, r"options\.units: 5 is not a list; write \[A, B\]"),
        ("tfbs_cnn_deep", {"units": []}, r"options\.units: must not be empty; give one number"),
        ("tfbs_cnn_deep", {"units": [5, "b"]}, r"options\.units: 'b' is not a whole number"),
        ("tfbs_cnn_deep", {"units": [5, 0]}, r"options\.units: 0 is out of range"),
        ("fusion_cnn", {"a\nb": 5}, r"options: unknown key 'a\\nb'"),
    ],
)
def test_mistakes_in_options_are_named(name, given, message):
    with pytest.raises(ConfigError, match=message) as caught:
        options_of(name, given)
    assert "\n" not in str(caught.value)


def test_filled_options_are_what_the_config_could_say():
    assert filled_options("fusion_cnn", {"dropout": 0}) == {
        "filters": 15,
        "width": 10,
        "layers": 3,
        "dropout": 0.0,
    }
    assert filled_options("tfbs_cnn_deep", {"units": [5]})["units"] == [5]
