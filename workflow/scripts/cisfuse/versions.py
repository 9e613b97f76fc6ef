"""The versions and the machine that a result was made with."""

import platform
import shutil
import subprocess
import sys
from importlib import metadata

PACKAGES = (
    "snakemake",
    "tensorflow",
    "tensorflow-cpu",
    "keras",
    "numpy",
    "pandas",
    "scikit-learn",
    "scipy",
    "pyfaidx",
    "pybedtools",
    "pyBigWig",
    "matplotlib",
    "logomaker",
    "pyjaspar",
    "modisco-lite",
    "memelite",
)


def versions() -> dict[str, str]:
    """Versions of Python, bedtools and the packages that results depend on."""
    found = {"python": platform.python_version()}
    if shutil.which("bedtools"):
        command = ["bedtools", "--version"]
        answer = subprocess.run(command, capture_output=True, text=True, check=True)
        found["bedtools"] = answer.stdout.strip().removeprefix("bedtools ")
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def machine() -> dict[str, str]:
    """The system and processor that a result was made on."""
    return {
        "system": platform.platform(),
        "processor": platform.machine(),
        "python": sys.implementation.name,
    }
