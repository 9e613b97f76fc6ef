"""Jobs of seconds do not import what costs seconds and what they do not need."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "workflow" / "scripts"
RULES = {path.stem for path in SCRIPTS.glob("*.py")}
EXPLAIN_WITH_A_MODEL = {"compute_attributions", "attribute_controls", "probe_model"}
EXPLAIN_WITH_A_MODEL |= {"explain_requests"}
COMPUTE_WITH_A_MODEL = {"train_model", "predict_spans"} | EXPLAIN_WITH_A_MODEL
SCORE = {"score_predictions", "audit_splits", "choose_spans", "score_attributions"}
FIT = {"predict_baselines", "predict_late_stack", "pool_folds"}
DRAW = {"plot_scores", "plot_rounds", "plot_saliency", "plot_motifs", "plot_probes"}
DRAW |= {"summarise_study", "write_requests"}
# benchmarks/startup.py prints what they cost.
EXPENSIVE = {
    "tensorflow": COMPUTE_WITH_A_MODEL,
    "keras": COMPUTE_WITH_A_MODEL,
    "sklearn": COMPUTE_WITH_A_MODEL | SCORE | FIT,
    "matplotlib": COMPUTE_WITH_A_MODEL | DRAW,
}


@pytest.fixture
def startup(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return importlib.import_module("startup")


@pytest.mark.parametrize("package", EXPENSIVE)
def test_only_rules_that_need_a_package_import_it(startup, package):
    lines = ["import sys"]
    for rule in sorted(RULES - EXPENSIVE[package]):
        lines.append(startup.import_statements(SCRIPTS / f"{rule}.py"))
        lines.append(f"if {package!r} in sys.modules: sys.exit('{rule} imports {package}')")
    command = [sys.executable, "-c", "\n".join(lines)]
    result = subprocess.run(
        command, env={"PYTHONPATH": str(SCRIPTS)}, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


def test_every_rule_named_here_exists():
    assert set().union(*EXPENSIVE.values()) <= RULES


def test_a_start_is_measured_with_what_it_imports(startup):
    bare, imports_numpy = startup.start_up(""), startup.start_up("import numpy")
    assert not bare.tensorflow
    assert 0 < bare.peak_mb < imports_numpy.peak_mb
    assert bare.seconds > 0
