"""What the programs here share: repeated timing, tables, and a description of the machine.

A program compares the project's code with a reference in the same run, in turn, so that
what else the machine does falls on both. It prints Markdown tables whose last column is the
ratio to the reference of the table, the row whose ratio is 1.00.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).resolve().parents[1] / "workflow" / "scripts"
sys.path.insert(0, str(SCRIPTS))


def parser(program: str, description: str) -> argparse.ArgumentParser:
    """A parser with the options that every program has: --quick and --repeats."""
    options = argparse.ArgumentParser(prog=program, description=description.splitlines()[0])
    options.add_argument("--quick", action="store_true", help="less data, for a minute's run")
    options.add_argument("--repeats", type=int, default=3, help="turns; medians are printed")
    return options


def machine() -> str:
    """One line on the machine and the software that figures depend on."""
    from cisfuse.jobs.versions import versions

    packages = versions()
    names = ("tensorflow-cpu", "tensorflow", "keras", "numpy", "pandas", "snakemake")
    found = ", ".join(f"{name} {packages[name]}" for name in names if name in packages)
    return f"{_processor()}, {os.cpu_count()} cores; Python {platform.python_version()}, {found}"


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def in_turn(candidates: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Median seconds of each candidate; all are called once in every turn."""
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(repeats):
        for name, function in candidates.items():
            start = time.perf_counter()
            function()
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}


def in_processes(
    program: str, count: int, threads: int, options: argparse.Namespace, *more: str
) -> list[Any]:
    """What ``count`` processes of a program at once, each with ``--measure``, print as JSON.

    Each keeps to ``threads`` threads and gets the options ``spans``, ``repeats``, ``quick``.
    """
    command = [sys.executable, program, "--measure", "--threads", str(threads), *more]
    command += ["--spans", str(options.spans), "--repeats", str(options.repeats)]
    command += ["--quick"] if options.quick else []
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2", "OMP_NUM_THREADS": str(threads)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    processes = [subprocess.Popen(command, env=environment, **pipes) for _ in range(count)]
    outputs = [process.communicate()[0] for process in processes]
    return [json.loads(output.splitlines()[-1]) for output in outputs]


def print_speeds(title: str, count: int, seconds: Mapping[str, float], reference: str) -> None:
    """Print spans per second of each candidate, and how often it is as fast as the reference."""
    rows = [
        (name, f"{count / value:,.0f}", f"{seconds[reference] / value:.2f}")
        for name, value in seconds.items()
    ]
    print_table(title, ("what", "spans/s", "ratio"), rows)


def print_table(title: str, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Print a Markdown table; all columns but the first are aligned to the right."""
    print(f"\n### {title}\n")
    print(f"| {' | '.join(header)} |")
    print(f"|---|{'---:|' * (len(header) - 1)}")
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)
