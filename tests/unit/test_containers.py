"""The image's recipe agrees with the lists of packages and with the repository."""

import json
import re
import shlex
import sys
from pathlib import Path

import pytest
import yaml
from packaging.specifiers import SpecifierSet
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/workflow"))
from study import WORKFLOW  # noqa: E402

HOME = "/opt/cisfuse/"


@pytest.fixture(scope="module")
def steps() -> list[tuple[str, str]]:
    """Instructions of the recipe in their order, each with what follows on one line."""
    text = (ROOT / "Containerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [tuple(line.split(maxsplit=1)) for line in lines]


def of_kind(steps, kind: str) -> list[str]:
    return [content for name, content in steps if name == kind]


def commands(steps) -> list[list[str]]:
    """Words of every shell command."""
    return [shlex.split(part) for run in of_kind(steps, "RUN") for part in run.split("&&")]


def copied(steps) -> dict[str, str]:
    """Where each copied path of the repository lies in the image."""
    found = {}
    for copy in of_kind(steps, "COPY"):
        *sources, target = copy.split()
        for source in sources:
            found[source] = target + source if target.endswith("/") else target
    return found


def test_the_base_is_one_version_of_a_python_that_the_packages_take(steps):
    (base,) = of_kind(steps, "FROM")
    image = r"--platform=linux/amd64 python:(\d+\.\d+\.\d+)-slim-[a-z]+"
    tag = re.fullmatch(image, base)
    assert tag, base
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    (python,) = (entry for entry in conda if str(entry).startswith("python"))
    assert Version(tag[1]) in SpecifierSet(python.removeprefix("python"))


def test_packages_are_the_locked_ones_with_their_hashes_and_no_other(steps):
    (install,) = (words for words in commands(steps) if "pip" in words)
    start = install.index("install")
    assert install[:start] == ["python", "-m", "pip"]
    wheels = ["--only-binary", ":all:", "--no-binary", "connection-pool"]
    packages = ["--require-hashes", "--requirement", f"{HOME}requirements.txt"]
    assert install[start + 1 :] == ["--no-cache-dir", *wheels, *packages]
    assert not [words for words in commands(steps) if {"uv", "conda", "curl"} & set(words)]


def test_bedtools_is_the_one_package_of_the_system(steps):
    (install,) = (words for words in commands(steps) if words[:2] == ["apt-get", "install"])
    assert [word for word in install[2:] if not word.startswith("-")] == ["bedtools"]
    assert ["apt-get", "update"] in commands(steps)


def test_a_run_finds_all_that_it_needs(steps):
    places = copied(steps)
    assert {name: HOME + name for name in (*WORKFLOW, "requirements.txt")}.items() <= places.items()
    assert [name for name in places if not (ROOT / name).exists()] == []


def test_what_is_copied_before_it_is_used(steps):
    order = [f"{name} {content}" for name, content in steps]
    copy, install = (
        next(number for number, line in enumerate(order) if re.match(start, line))
        for start in ("COPY requirements.txt", "RUN python -m pip")
    )
    assert copy < install


def test_the_build_sees_what_it_copies_and_little_else(steps):
    lines = (ROOT / ".containerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    shown = {rule[1:] for rule in rules if rule.startswith("!")}
    assert shown == set(copied(steps))


def test_it_runs_the_workflow_as_a_user_without_rights(steps):
    (user,) = of_kind(steps, "USER")
    assert user not in ("root", "0")
    assert ["useradd", user] in commands(steps)
    kinds = [name for name, _ in steps]
    assert "RUN" not in kinds[kinds.index("USER") :]
    (entry,) = of_kind(steps, "ENTRYPOINT")
    assert json.loads(entry) == ["snakemake", "--snakefile", copied(steps)["Snakefile"]]
