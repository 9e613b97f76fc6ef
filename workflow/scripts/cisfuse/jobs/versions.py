"""The versions and the machine that a result was made with."""

import platform
import resource
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

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


def peak_memory_mb() -> int:
    """The most memory in MB that this process held at once, without its children."""
    status = Path("/proc/self/status")
    if status.exists():
        # getrusage would count what Snakemake held when it started this process.
        lines = (line.split() for line in status.read_text().splitlines())
        kilobytes = next(int(words[1]) for words in lines if words[0] == "VmHWM:")
    else:
        kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # macOS: bytes
    return round(kilobytes * 1024 / 1e6)
