"""Versions and the machine, as results record them."""

from importlib import metadata

from cisfuse.versions import machine, versions


def test_versions_are_those_installed():
    found = versions()
    for package in ("snakemake", "keras", "numpy", "pandas", "scikit-learn"):
        assert found[package] == metadata.version(package)
    assert "tensorflow" in found or "tensorflow-cpu" in found
    assert found["python"].startswith("3.")


def test_the_machine_is_described():
    assert set(machine()) == {"system", "processor", "python"}
    assert all(machine().values())
