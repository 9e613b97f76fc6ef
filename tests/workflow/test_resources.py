"""What rules ask of a cluster is what their jobs need, and a retry asks for more."""

import re

from study import RESULTS, snakemake

from cisfuse.jobs.records import Records

SNAKEMAKE_MB = 300  # a cluster's job holds Snakemake beside the script


def test_memory_is_asked_for_within_a_factor_of_two_of_the_peak(finished_study):
    records = Records(finished_study / RESULTS)
    jobs = {name: records.of_job(name) for name in records.job_names()}
    assert len({job["rule"] for job in jobs.values()}) > 25
    wrong = {
        name: (job["peak_mb"], job["resources"]["mem_mb"])
        for name, job in jobs.items()
        if not 1 <= job["resources"]["mem_mb"] / (job["peak_mb"] + SNAKEMAKE_MB) <= 2
    }
    assert wrong == {}


def test_memory_follows_from_the_inputs_and_a_first_plan_needs_none_of_them(study):
    shards = sorted((study / RESULTS / "examples/jund").glob("train-*.tfrecord"))
    before = asked(study, "train_model")
    with open(shards[0], "ab") as handle:
        handle.truncate(shards[0].stat().st_size + 100_000_000)
    assert asked(study, "train_model")["mem_mb"] == before["mem_mb"] + 130
    for shard in shards:
        shard.unlink()
    assert snakemake(study, "-n").returncode == 0


def test_a_retry_asks_for_more_memory_and_time(study):
    """An adapter that always fails is tried twice."""
    (study / "workflow/scripts/check_inputs.py").write_text("raise SystemExit(3)\n")
    target = str(RESULTS / "references/jund/checks.tsv")
    result = snakemake(study, target, "--force", "--retries", "1", "--quiet", "host", check=False)
    assert result.returncode != 0
    tries = [
        {key: int(value) for key, value in re.findall(r"\b(mem_mb|runtime)=(\d+)", line)}
        for line in re.findall(r"^ +resources: .*$", result.stdout, re.M)
    ]
    assert len(tries) == 2, result.stdout
    assert tries[1] == {key: 2 * value for key, value in tries[0].items()}


def asked(study, rule):
    """mem_mb and runtime of the first job of a rule that a dry run of everything shows."""
    output = snakemake(study, "-n", "--forceall", "--quiet", "host").stdout
    block = re.search(rf"^rule {rule}:.*?^ +resources: (.*?)$", output, re.M | re.S)[1]
    return {key: int(value) for key, value in re.findall(r"\b(mem_mb|runtime)=(\d+)", block)}
