"""Digests of the code that made a result."""

import ast
import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from cisfuse.jobs.wording import without_wording

PACKAGE = "cisfuse"
SCRIPTS = Path(__file__).resolve().parents[2]
# They change messages, records, locks and the list of architectures, not what a rule computes; an
# architecture's own module is named in ``modules``.
EXCLUDED = {
    "cisfuse",
    "cisfuse.base.errors",
    "cisfuse.base.locks",
    "cisfuse.jobs.job",
    "cisfuse.jobs.terminal",
    "cisfuse.jobs.versions",
    "cisfuse.models.registry",
}


def code_digest(rule: str, modules: Iterable[str] = ()) -> str:
    """Digest of a rule's adapter and of the library modules that it imports, transitively.

    ``modules`` are dotted names of modules that are imported by name at run time. Comments,
    docstrings, layout and the words of errors and log lines do not count (see
    `cisfuse.jobs.wording.without_wording`); relative imports are not followed. Snakemake does not
    see imported modules, so each rule carries this digest as a parameter: an edit reruns the
    rules that use the edited module.
    """
    pending = [SCRIPTS / f"{rule}.py", *(_module_path(name) for name in modules)]
    seen: dict[Path, str] = {}
    while pending:
        path = pending.pop()
        if path not in seen:
            seen[path], imported = _source_and_imports(path)
            pending.extend(imported)
    return _digest(seen)


@cache
def _source_and_imports(path: Path) -> tuple[str, tuple[Path, ...]]:
    """A module without its wording, and the library modules that it imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    library = (name for name in names - EXCLUDED if name.split(".")[0] == PACKAGE)
    paths = (_module_path(name) for name in library)
    imported = tuple(sorted(path for path in paths if path.is_file()))
    return ast.unparse(without_wording(tree)), imported


def _module_path(name: str) -> Path:
    path = SCRIPTS.joinpath(*name.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _digest(sources: Mapping[Path, str]) -> str:
    digest = hashlib.sha256()
    for path in sorted(sources):
        digest.update(f"{path.relative_to(SCRIPTS).as_posix()}\n{sources[path]}\n".encode())
    return digest.hexdigest()[:16]
