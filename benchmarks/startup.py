"""Seconds and memory that each rule's job spends on its imports, beside a bare interpreter.

    python benchmarks/startup.py [--quick] [--repeats 3]

Every measurement is a fresh interpreter that runs the import statements of one adapter in
workflow/scripts/ and ends. Seconds count from the call to the last import, so the interpreter
is in them. `--smoke` takes two rules.
"""

import ast
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import measure

BARE = "bare interpreter"
# What Snakemake puts before an adapter.
PREAMBLE = "Snakemake's preamble"
PREAMBLE_IMPORTS = "import snakemake.iocontainers, snakemake.logging"
SMOKE = ("index_genome", "train_model")
# ru_maxrss knows of the parent too, /proc of this program only.
REPORT = """
import sys, time
now = time.monotonic()
try:
    peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
except OSError:
    import resource
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(now, peak, "tensorflow" in sys.modules)
"""


@dataclass(frozen=True)
class StartUp:
    """What it takes to start a job."""

    seconds: float
    peak_mb: float
    tensorflow: bool


def import_statements(path: Path) -> str:
    """The import statements at the top of a script, as source."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    imports = (node for node in body if isinstance(node, ast.Import | ast.ImportFrom))
    return "\n".join(ast.unparse(node) for node in imports)


def start_up(statements: str) -> StartUp:
    """Run import statements in a fresh interpreter."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(measure.SCRIPTS),
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }
    command = [sys.executable, "-c", statements + REPORT]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    start = time.monotonic()
    result = subprocess.run(command, env=environment, check=False, **pipes)
    if result.returncode:
        raise SystemExit(f"{statements}\n{result.stderr}")
    now, peak, tensorflow = result.stdout.split()
    return StartUp(float(now) - start, int(peak) / 1024, tensorflow == "True")


def programs(rules: Iterable[str]) -> dict[str, str]:
    """The import statements of each rule's adapter, after the two references."""
    adapters = {rule: import_statements(measure.SCRIPTS / f"{rule}.py") for rule in rules}
    return {BARE: "", PREAMBLE: PREAMBLE_IMPORTS, **adapters}


def start_ups(repeats: int, rules: Iterable[str]) -> dict[str, StartUp]:
    """Start the program of every rule once a turn; medians of the seconds, the last memory."""
    started = programs(rules)
    found: dict[str, list[StartUp]] = {name: [] for name in started}
    for _ in range(repeats):
        for name, statements in started.items():
            found[name].append(start_up(statements))
    return {
        name: StartUp(
            statistics.median(turn.seconds for turn in turns),
            turns[-1].peak_mb,
            turns[-1].tensorflow,
        )
        for name, turns in found.items()
    }


def main() -> None:
    options = measure.parse(measure.parser("startup.py", __doc__))
    rules = SMOKE if options.smoke else sorted(path.stem for path in measure.SCRIPTS.glob("*.py"))
    found = start_ups(1 if options.quick else options.repeats, rules)
    reference = found[BARE].seconds
    rows = [
        (
            name,
            f"{cost.seconds:.2f}",
            f"{cost.peak_mb:.0f}",
            "yes" if cost.tensorflow else "no",
            f"{cost.seconds / reference:.2f}",
        )
        for name, cost in found.items()
    ]
    header = ("what", "seconds", "peak MB", "TensorFlow", "ratio")
    measure.print_table("Starting the job of each rule, up to its imports", header, rows)


if __name__ == "__main__":
    main()
