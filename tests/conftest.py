"""What the tests of robustness survived, counted and said at the end."""

from collections import Counter

import pytest

SURVIVED = pytest.StashKey[Counter]()


def pytest_configure(config):
    config.stash[SURVIVED] = Counter()


@pytest.fixture
def survived(request):
    """A function that counts what a test threw at cisfuse, once it has come through.

    ``survived("kills")``, ``survived("corrupted files", 12)``; pytest says the sums at its end.
    """
    counter = request.config.stash[SURVIVED]

    def count(kind: str, number: int = 1) -> None:
        counter[kind] += number

    return count


def pytest_terminal_summary(terminalreporter, config):
    counter = config.stash[SURVIVED]
    if counter:
        parts = ", ".join(f"{number:,} {kind}" for kind, number in sorted(counter.items()))
        terminalreporter.write_line(f"survived: {parts}")
