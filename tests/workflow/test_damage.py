"""A file that changed after its rule wrote it ends the rule that reads it next, by name."""

import ast
import random
import re
import shlex
import subprocess
import sys

import pytest
from study import LABELLED, RESULTS, ROOT, SPANS, cases, environment, snakemake

from cisfuse.base.errors import DamagedFileError
from cisfuse.jobs.records import Records

EXAMPLES = RESULTS / "examples/jund"
MODEL = RESULTS / "training/jund/fusion_cnn/seed-0/best.keras"
LOGISTIC = RESULTS / "evaluation/jund/accessibility_logistic/seed-0"
EXPLAINED = RESULTS / "interpretation/jund/fusion_cnn/seed-0"


def flip(content, generator):
    """Change one byte at a random place."""
    place = generator.randrange(len(content))
    return (
        content[:place]
        + bytes([content[place] ^ generator.randrange(1, 256)])
        + content[place + 1 :]
    )


def truncate(content, generator):
    return content[: generator.randrange(len(content))]


def readers(study):
    """For each file that a rule made and another reads: a job that reads it, and its outputs."""
    records, found = Records(study / RESULTS), {}
    for name in records.job_names():
        job = records.of_job(name)
        for path in job["inputs"]:
            found.setdefault(path, (name, list(job["outputs"])))
    return {path: reader for path, reader in found.items() if records.path_of_file(path).is_file()}


def damage(study, path, change, seed):
    generator = random.Random(f"{path} {seed}")
    content = (study / path).read_bytes()
    (study / path).write_bytes(change(content, generator))
    assert (study / path).read_bytes() != content
    return content


def assert_found(study, path, target):
    """Ask for what is made of the file; returns the command that the message gives."""
    result = snakemake(study, target, "--force", check=False)
    assert result.returncode != 0
    words = rf"ERROR ({re.escape(path)}: damaged, or changed by hand: .* make it anew: (.*))$"
    logs = study / RESULTS / "logs"
    failed = {}
    for log in logs.rglob("*.log"):
        if match := re.search(words, log.read_text().partition("\n")[0]):
            failed[str(log.relative_to(logs).with_suffix(""))] = match.groups()
    assert failed, result.stdout
    for job in failed:
        made = Records(study / RESULTS).of_job(job)["outputs"]
        assert not any((study / output).exists() for output in made)
    ((message, command),) = set(failed.values())
    assert message in result.stdout
    return command


QUICK = {"a_shard": (EXAMPLES / "train-00001-of-00002.tfrecord", flip)}
KINDS = {
    **QUICK,
    "labelled_spans": (LABELLED, truncate),
    "the_span_table": (SPANS, flip),
    "the_manifest": (EXAMPLES / "manifest.json", flip),
    "a_model": (MODEL, flip),
    "predictions": (LOGISTIC / "test.tsv.gz", flip),
    "attributions": (EXPLAINED / "attributions.npz", flip),
    "the_genome": ("resources/tiny/genome/genome.fa", flip),
}


@pytest.mark.parametrize(("path", "change"), cases(KINDS, set(QUICK)))
def test_damage_is_named_and_the_command_in_the_message_mends_it(study, path, change, survived):
    path = str(path)
    content = damage(study, path, change, seed=0)
    command = assert_found(study, path, readers(study)[path][1][0])
    assert command == f"snakemake --cores all --force {path} --configfile tiny.yaml"
    fix = subprocess.run(
        [sys.executable, "-m", *shlex.split(command)],
        cwd=study,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert fix.returncode == 0, fix.stderr
    assert (study / path).read_bytes() == content or path.endswith(".keras")
    survived("corrupted files")


def test_every_file_that_a_rule_reads_is_compared(study, monkeypatch, survived):
    """Each file, flipped and truncated at random places, by what every rule does first."""
    monkeypatch.chdir(study)
    named, records = readers(study), Records(RESULTS)
    assert len(named) > 60
    for path, (reader, _) in named.items():
        inputs = records.of_job(reader)["inputs"]
        assert records.check(inputs) == inputs
        for seed, change in enumerate((flip, flip, truncate)):
            content = damage(study, path, change, seed)
            with pytest.raises(DamagedFileError, match=rf"^{re.escape(path)}: damaged"):
                records.check(inputs)
            (study / path).write_bytes(content)
            survived("corrupted files")


def test_every_rule_compares_what_it_reads():
    """All that an adapter does beside imports and definitions it does inside `rule_job`."""
    adapters = sorted((ROOT / "workflow/scripts").glob("*.py"))
    assert len(adapters) > 30
    for adapter in adapters:
        body = ast.parse(adapter.read_text()).body
        (block,) = (node for node in body if isinstance(node, ast.With))
        assert ast.unparse(block.items[0].context_expr) == "rule_job(snakemake)", adapter
        reading = [node for node in body if isinstance(node, ast.Expr | ast.For | ast.If)][1:]
        assert reading == [], adapter
