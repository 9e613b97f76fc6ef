"""The profiles of clusters: what they must repeat, and other schedulers than SLURM."""

import re
import subprocess

import pytest
import yaml
from study import RESULTS, ROOT, command, environment, make_study, rule_counts, snakemake

PROFILES = ROOT / "profiles"
GENERIC = "profiles/cluster-generic"
# In place of a scheduler: the job's script has run when the submit command ends.
BY_BASH = (
    *("--workflow-profile", GENERIC, "--cluster-generic-submit-cmd", "bash"),
    *("--cluster-generic-status-cmd", "echo success #", "--seconds-between-status-checks", "1"),
)
PROVENANCE = str(RESULTS / "provenance.json")

# Stand-ins of schedulers: each runs the job's script at once, and reports as the scheduler does.
RUN = 'for last; do :; done; echo "$@" >> "$ASKED"; bash "$last" > job.out 2>&1; echo $? > status'
SCHEDULERS = {
    "LSF": {
        "bsub": f'{RUN}; echo "Job <4711> is submitted to queue <normal>."',
        "bjobs": 'test "$*" = "-noheader -o stat 4711" || exit 9\n'
        'test "$(cat status)" = 0 && echo DONE || echo EXIT',
    },
    "SGE": {
        "qsub": f"{RUN}; echo 4711",
        "qacct": 'test "$*" = "-j 4711" || exit 9\n'
        'echo "jobnumber    4711"; echo "exit_status  $(cat status)   "',
    },
    "PBS": {
        "qsub": f"{RUN}; echo 4711.server",
        "qstat": 'test "$*" = "-x -f 4711.server" || exit 9\n'
        'echo "    job_state = F"; echo "    Exit_status = $(cat status)"',
    },
}
ASKED = {
    "LSF": ["-n 1", "rusage[mem={mem_mb}MB]", "-M {mem_mb}MB", "-W {runtime}"],
    "SGE": ["-pe smp 1", "mem_free={mem_mb}M", "h_rt={seconds}"],
    "PBS": ["select=1:ncpus=1:mem={mem_mb}mb", "walltime={seconds}"],
}


def read(name):
    return yaml.safe_load((PROFILES / name / "profile.yaml").read_text())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_study(tmp_path_factory.mktemp("generic") / "study")


@pytest.mark.parametrize("name", ["slurm", "cluster-generic"])
def test_a_cluster_profile_repeats_the_default_profile_but_is_not_quiet(name):
    default, cluster = read("default"), read(name)
    # A cluster's jobs are programs on other machines whichever way Snakemake starts its own.
    for key in ("quiet", "force-use-threads"):
        default.pop(key)
        assert key not in cluster
    assert default.items() <= cluster.items()


@pytest.mark.parametrize("name", ["slurm", "cluster-generic"])
def test_snakemake_loads_the_profile(folder, name):
    output = snakemake(folder, "-n", "--workflow-profile", f"profiles/{name}").stdout
    assert f"specific profile profiles/{name} for setting" in output
    assert rule_counts(output)["train_model"] == 3


def test_each_commented_line_of_the_slurm_profile_can_be_used(folder):
    lines = (PROFILES / "slurm/profile.yaml").read_text().splitlines()
    used = [re.sub(r"^( *)#((?:  )*[a-z][a-z_-]*:( .*)?)$", r"\1\2", line) for line in lines]
    assert sum(line != before for line, before in zip(used, lines, strict=True)) >= 10
    profile = folder / "profiles/full/profile.yaml"
    profile.parent.mkdir()
    profile.write_text("\n".join(used))
    output = snakemake(folder, "-n", "--workflow-profile", "profiles/full").stdout
    resources = re.search(r"^rule train_model:.*?^ +resources: (.*?)$", output, re.M | re.S)[1]
    for words in ("slurm_partition=long", "runtime=2880", "gpu=1", "gpu_model=a100"):
        assert words in resources
    assert "slurm_extra=--mail-type=FAIL" in resources


def test_a_mistyped_profile_starts_no_run(folder):
    mistyped = [word for word in command("--workflow-profile", "profiles/slum") if word != "2"]
    mistyped.remove("--cores")
    done = subprocess.run(
        mistyped, cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "cores" in done.stderr
    assert "profiles/slum" not in done.stderr.partition("Command:")[0]


def uncomment(profile, scheduler):
    """The profile with the block of one scheduler in place of that of LSF."""
    head, *blocks = profile.split("\n\n# ")
    kept = [block for block in blocks if block.startswith(scheduler)]
    others = [block for block in blocks if not block.startswith(("LSF", "SGE", "PBS"))]
    assert len(kept) == 1
    first, *lines = kept[0].splitlines()
    lines = [line.removeprefix("#") for line in lines]
    return "\n\n# ".join([head, *others, "\n".join([first, *lines])]) + "\n"


@pytest.mark.slow
@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_schedulers_are_asked_for_what_the_rule_says(folder, tmp_path, monkeypatch, scheduler):
    """Stand-ins on the path see the request, and their answers end the job, well or badly."""
    profile = folder / f"profiles/{scheduler}/profile.yaml"
    profile.parent.mkdir(exist_ok=True)
    profile.write_text(
        uncomment((PROFILES / "cluster-generic/profile.yaml").read_text(), scheduler)
    )
    for name, text in SCHEDULERS[scheduler].items():
        program = tmp_path / name
        program.write_text(f"#!/bin/bash\n{text}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{environment()['PATH']}")
    monkeypatch.setenv("ASKED", str(tmp_path / "asked.txt"))
    resources = {"mem_mb": 1234, "runtime": 77}
    settings = [f"record_provenance:{key}={value}" for key, value in resources.items()]
    arguments = ("--workflow-profile", f"profiles/{scheduler}", "--set-resources", *settings)
    arguments += ("--retries", "0", "--latency-wait", "3", "--forcerun", "record_provenance", "--")
    snakemake(folder, *arguments, PROVENANCE)
    asked = (tmp_path / "asked.txt").read_text().splitlines()
    assert len(asked) == 1
    for words in ASKED[scheduler]:
        assert words.format(**resources, seconds=77 * 60) in asked[0]

    (folder / "workflow/scripts/record_provenance.py").rename(tmp_path / "script.py")
    (folder / "workflow/scripts/record_provenance.py").write_text("raise SystemExit(1)\n")
    failed = snakemake(folder, *arguments, PROVENANCE, check=False)
    (tmp_path / "script.py").rename(folder / "workflow/scripts/record_provenance.py")
    assert failed.returncode != 0
    assert "Error in rule record_provenance" in failed.stdout


@pytest.mark.slow
def test_a_whole_study_as_jobs_of_a_scheduler(folder):
    snakemake(folder, *BY_BASH)
    assert (folder / RESULTS / "summary.txt").exists()
    assert rule_counts(snakemake(folder, "-n", *BY_BASH).stdout) == {}
    assert rule_counts(snakemake(folder, "-n").stdout) == {}
