"""Names with spaces, letters of other scripts and signs of the shell are names and no more."""

import ast
import re

import pytest
from study import (
    ATAC,
    BLACKLIST,
    FASTA,
    PEAKS,
    ROOT,
    make_study,
    sample_row,
    set_config,
    write_sheet,
)
from study import snakemake as run_snakemake

SCRIPTS = sorted((ROOT / "workflow" / "scripts").rglob("*.py"))
RULES = [ROOT / "Snakefile", *sorted((ROOT / "workflow" / "rules").rglob("*.smk"))]
FACTOR = "<script>alert(1)</script> $(touch pwned)"
CELL = "`touch pwned`; touch pwned & {braces} {{two}} \"double\" 'single' \u03b2 %s"
FORBIDDEN_MODULES = {"pickle", "dill", "joblib", "cloudpickle", "shelve", "marshal", "tarfile"}
FORBIDDEN_CALLS = {"eval", "exec", "system", "popen", "unpack_archive", "extractall", "read_pickle"}


def odd_study(folder):
    """The tiny study in a folder, with files and cells, of odd names; one quick model."""
    study = make_study(folder / "my study \u00e9 $(touch pwned)")
    for path in (FASTA, PEAKS, BLACKLIST, ATAC):
        (study / path).rename(study / odd(path))
    row = sample_row(peaks=odd(PEAKS), atac=odd(ATAC), factor=FACTOR, cell=CELL)
    write_sheet(study, [row])
    set_config(study, "references", {"genome": odd(FASTA), "blacklist": odd(BLACKLIST)})
    set_config(study, "training.models", {"accessibility_logistic": {}})
    set_config(study, "evaluation.matrices", ["JUND"])
    return study


def odd(path):
    return path.replace("data/", "data/\u00fcber; touch pwned 'a' & ")


def assert_nothing_was_made(folder):
    assert not [path for path in folder.rglob("*") if path.name == "pwned"]


def test_odd_names_reach_the_genome_and_the_checks(tmp_path):
    study = odd_study(tmp_path)
    run_snakemake(study, "--until", "check_inputs")
    checks = (study / "results/tiny/references/jund/checks.tsv").read_text(encoding="utf-8")
    assert odd(PEAKS) in checks
    assert_nothing_was_made(tmp_path)


def test_a_command_in_a_message_quotes_an_odd_name(tmp_path):
    study = odd_study(tmp_path)
    peaks = study / odd(PEAKS)
    peaks.write_text(peaks.read_text().replace("\n", "\r\n"))
    result = run_snakemake(study, "--until", "check_inputs", check=False)
    quoted = "'" + odd(PEAKS).replace("'", "'\"'\"'") + "'"
    assert f"convert them: sed -i 's/\\r$//' {quoted}" in result.stdout
    assert_nothing_was_made(tmp_path)


@pytest.mark.slow
def test_a_study_with_odd_names_runs_to_its_page(tmp_path, survived):
    study = odd_study(tmp_path)
    run_snakemake(study, "results/tiny/report.html", "results/tiny/provenance.json")
    page = (study / "results/tiny/report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; $(touch pwned)" in page
    assert "{braces} {{two}}" in page
    assert_nothing_was_made(tmp_path)
    survived("bad inputs")


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_no_rule_calls_a_shell(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"^\s*(shell|run)\s*:|\bshell\(", text, re.M)


def calls(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func
            name = name.id if isinstance(name, ast.Name) else name
            yield name, {keyword.arg: keyword.value for keyword in node.keywords}


def is_true(node):
    return isinstance(node, ast.Constant) and node.value is True


def is_false(node):
    return isinstance(node, ast.Constant) and node.value is False


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_nothing_that_is_read_is_run(path):
    """No shell, nothing unpickled, no archive unpacked to places that it names itself."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
    assert not imported & FORBIDDEN_MODULES
    for name, keywords in calls(tree):
        assert name not in FORBIDDEN_CALLS
        assert not is_true(keywords.get("allow_pickle"))
        assert not is_true(keywords.get("shell"))
        assert not is_false(keywords.get("safe_mode"))
        assert name != "enable_unsafe_deserialization"
    loads = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "load"
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in ("np", "numpy")
    ]
    for node in loads:
        named = {keyword.arg: keyword.value for keyword in node.keywords}
        assert is_false(named.get("allow_pickle"))
