"""The packages of the library stand on each other in one order, and each thing is defined once."""

import ast
from pathlib import Path

import pytest

LIBRARY = Path(__file__).resolve().parents[2] / "workflow" / "scripts" / "cisfuse"
# From the ground floor up; a package imports from itself and from those before it.
PACKAGES = (
    *("base", "jobs", "dna", "readers", "config", "statistics", "examples", "sources", "tasks"),
    *("models", "prediction", "training", "evaluation", "interpretation", "simulation"),
    *("figures", "report"),
)
ALLOWED = {
    "matplotlib": {"figures"},
    "tensorflow": {"models", "prediction", "training", "interpretation"},
    "keras": {"models", "prediction", "training", "interpretation"},
}
ONCE = ("BASES", "SPLITS", "number_blocks", "roc_auc")


def modules(library: Path = LIBRARY) -> list[Path]:
    return sorted(library.rglob("*.py"))


def imported_modules(path: Path) -> list[str]:
    """The dotted names that a module imports, wherever in it; of ``from a import b``, a.b."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: a relative import"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def upward_imports(library: Path) -> list[str]:
    """Imports of a package that stands above, as ``PACKAGE/MODULE.py imports cisfuse.OTHER``."""
    found = []
    for path in modules(library):
        package, *rest = path.relative_to(library).parts
        if not rest:
            continue
        for name in imported_modules(path):
            first, other = [*name.split("."), ""][:2]
            above = PACKAGES[PACKAGES.index(package) + 1 :]
            if first == "cisfuse" and other in above:
                found.append(f"{package}/{'/'.join(rest)} imports {name}")
    return found


def foreign_imports(library: Path, packages: dict[str, set[str]]) -> list[str]:
    """Imports of another project's package outside of the packages of the library allowed it."""
    return [
        f"{path.relative_to(library)} imports {name}"
        for path in modules(library)
        for name in imported_modules(path)
        if path.relative_to(library).parts[0] not in packages.get(name.split(".")[0], PACKAGES)
    ]


def defined_names(path: Path) -> list[str]:
    """The functions and constants that a module defines at its top."""
    names = []
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.append(node.name)
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        names += [target.id for target in targets if isinstance(target, ast.Name)]
    return names


def test_every_package_has_its_floor():
    assert {path.name for path in LIBRARY.iterdir() if (path / "__init__.py").is_file()} == set(
        PACKAGES
    )


def test_imports_go_down():
    assert not upward_imports(LIBRARY)


@pytest.mark.parametrize("package", ALLOWED)
def test_heavy_packages_are_imported_where_they_belong(package):
    assert not foreign_imports(LIBRARY, {package: ALLOWED[package]})


def test_init_files_hold_a_docstring_only():
    for path in LIBRARY.rglob("__init__.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), path
        rest = [ast.unparse(node).partition(" ")[0] for node in tree.body[1:]]
        assert rest == (["__version__"] if path.parent == LIBRARY else []), path


@pytest.mark.parametrize("name", ONCE)
def test_each_thing_is_defined_once(name):
    places = [str(path.relative_to(LIBRARY)) for path in modules() if name in defined_names(path)]
    assert len(places) == 1, places


@pytest.mark.parametrize(
    ("module", "line", "expected"),
    [
        ("readers/x.py", "from cisfuse.sources.splits import SPLITS", "cisfuse.sources.splits"),
        ("readers/x.py", "def f():\n    import cisfuse.report.page", "cisfuse.report.page"),
        ("dna/x.py", "from cisfuse import report", "cisfuse.report"),
    ],
)
def test_an_import_that_goes_up_is_found(tmp_path, module, line, expected):
    path = tmp_path / module
    path.parent.mkdir()
    path.write_text(f"from cisfuse.base.errors import InputError\n{line}\n")
    (found,) = upward_imports(tmp_path)
    assert found.startswith(f"{module} imports {expected}")


def test_a_heavy_import_elsewhere_is_found(tmp_path):
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "x.py").write_text("def f():\n    from matplotlib import pyplot\n")
    assert foreign_imports(tmp_path, ALLOWED) == ["report/x.py imports matplotlib.pyplot"]
