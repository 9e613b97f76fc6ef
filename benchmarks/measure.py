"""What the programs here share: repeated timing, tables, and a description of the machine.

A program compares the project's code with a reference in the same run, in turn, so that
what else the machine does falls on both. It prints Markdown tables whose last column is the
ratio to the reference of the table, the row whose ratio is 1.00.
"""

import argparse
import json
import os
import platform
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).resolve().parents[1] / "workflow" / "scripts"
sys.path.insert(0, str(SCRIPTS))
TAIL = 30  # lines of what a failed process said


def parser(program: str, description: str) -> argparse.ArgumentParser:
    """A parser with the options that every program has: --quick, --smoke and --repeats."""
    options = argparse.ArgumentParser(prog=program, description=description.splitlines()[0])
    options.add_argument("--quick", action="store_true", help="less data, for a minute's run")
    options.add_argument("--smoke", action="store_true", help="least data, seconds: does it run?")
    options.add_argument("--repeats", type=int, default=3, help="turns; medians are printed")
    return options


def parse(options: argparse.ArgumentParser) -> argparse.Namespace:
    """The options given; --smoke is --quick with one turn and the least data."""
    found = options.parse_args()
    if found.smoke:
        found.quick, found.repeats = True, 1
    return found


def size(options: argparse.Namespace, smoke: int, quick: int, full: int) -> int:
    """How much data a run takes."""
    return smoke if options.smoke else quick if options.quick else full


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

    Each keeps to ``threads`` threads and gets the options ``spans``, ``repeats``, ``quick``,
    ``smoke``. Ends this program with what a process wrote to standard error if one fails.
    """
    command = [sys.executable, program, "--measure", "--threads", str(threads), *more]
    command += ["--spans", str(options.spans), "--repeats", str(options.repeats)]
    command += [f"--{name}" for name in ("quick", "smoke") if getattr(options, name)]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2", "OMP_NUM_THREADS": str(threads)}
    return from_processes([command] * count, environment)


def from_processes(
    commands: Sequence[Sequence[str]], environment: Mapping[str, str] | None = None
) -> list[Any]:
    """What commands that run at once print as JSON in the last line of their standard output.

    Ends this program with the last lines that a command wrote to standard error, if one fails
    or prints no JSON.
    """
    with ExitStack() as stack:
        # Files, and not pipes: a full pipe would stop a process while another is waited for.
        streams = [
            [stack.enter_context(tempfile.TemporaryFile("w+")) for _ in range(2)] for _ in commands
        ]
        processes = [
            subprocess.Popen(command, env=environment, stdout=output, stderr=errors)
            for command, (output, errors) in zip(commands, streams, strict=True)
        ]
        for process in processes:
            process.wait()
        for files in streams:
            for file in files:
                file.seek(0)
        return [
            _answer(process, output.read(), errors.read())
            for process, (output, errors) in zip(processes, streams, strict=True)
        ]


def _answer(process: subprocess.Popen, output: str, errors: str) -> Any:
    """The last line of a process's output as JSON."""
    problem = f"exit status {process.returncode}"
    if not process.returncode:
        try:
            return json.loads(output.splitlines()[-1])
        except (IndexError, ValueError):
            problem = "no JSON in the last line of its output"
    tail = "\n".join(errors.splitlines()[-TAIL:]) or "nothing"
    raise SystemExit(f"{shlex.join(process.args)}: {problem}; on standard error it said:\n{tail}")


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
