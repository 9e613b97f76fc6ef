"""Versions and the machine, as results record them."""

import subprocess
import sys
from importlib import metadata

from cisfuse.jobs.digest import SCRIPTS
from cisfuse.jobs.versions import machine, versions


def test_versions_are_those_installed():
    found = versions()
    for package in ("snakemake", "keras", "numpy", "pandas", "scikit-learn"):
        assert found[package] == metadata.version(package)
    assert "tensorflow" in found or "tensorflow-cpu" in found
    assert found["python"].startswith("3.")


def test_the_machine_is_described():
    assert set(machine()) == {"system", "processor", "python"}
    assert all(machine().values())


def test_peak_memory_counts_what_was_given_back():
    lines = [
        "from cisfuse.jobs.versions import peak_memory_mb",
        "before, held = peak_memory_mb(), bytearray(200_000_000)",
        "del held",
        "print(peak_memory_mb() - before)",
    ]
    command = [sys.executable, "-c", "\n".join(lines)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, cwd=SCRIPTS)
    assert int(answer.stdout) >= 150


def test_peak_memory_is_not_that_of_the_parent():
    held = bytearray(300_000_000)
    code = "from cisfuse.jobs.versions import peak_memory_mb; print(peak_memory_mb())"
    command = [sys.executable, "-c", code]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, cwd=SCRIPTS)
    assert 5 < int(answer.stdout) < 200
    assert len(held)
