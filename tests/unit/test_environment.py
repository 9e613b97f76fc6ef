"""The lists of packages agree with each other."""

import re
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]


def lines_of(name: str) -> list[str]:
    """Requirements of a file, without their hashes, comments and blank lines."""
    text = (ROOT / name).read_text().replace("\\\n", " ")
    lines = [line.partition("#")[0].partition("--hash")[0].strip() for line in text.splitlines()]
    return [line for line in lines if line]


def pinned(requirement: Requirement) -> str | None:
    """The one version that a requirement allows."""
    specifiers = list(requirement.specifier)
    exact = len(specifiers) == 1 and specifiers[0].operator == "=="
    return specifiers[0].version if exact and "*" not in specifiers[0].version else None


def versions_by_package(name: str) -> dict[str, set[str | None]]:
    """Versions in a requirements file; a package may have one per marker."""
    found: dict[str, set[str | None]] = {}
    for line in lines_of(name):
        requirement = Requirement(line)
        found.setdefault(canonicalize_name(requirement.name), set()).add(pinned(requirement))
    return found


@pytest.fixture(scope="module")
def locked() -> dict[str, set[str | None]]:
    return versions_by_package("requirements.txt")


def test_conda_and_pip_users_get_the_same_packages():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    pip = next(entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict))
    assert pip == lines_of("requirements.txt")


def test_every_locked_package_has_an_exact_version(locked):
    assert [name for name, versions in locked.items() if None in versions] == []
    assert len(locked) > 50


def test_every_locked_package_has_hashes():
    text = (ROOT / "requirements.txt").read_text().replace("\\\n", " ")
    bare = [line for line in text.splitlines() if not re.search("--hash=sha256:[0-9a-f]{64}", line)]
    assert bare == []


def test_the_lock_holds_what_was_asked_for(locked):
    for package, versions in versions_by_package("requirements.in").items():
        assert package in locked
        if None not in versions:
            assert locked[package] == versions, package


def test_what_is_asked_for_has_an_exact_version():
    loose = [line for line in lines_of("requirements.in") if pinned(Requirement(line)) is None]
    assert loose == []


def test_torch_is_not_a_dependency(locked):
    assert "torch" not in locked
