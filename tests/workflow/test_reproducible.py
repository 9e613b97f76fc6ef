"""A study verifies against its records, and the same config gives the same files elsewhere."""

import re
import subprocess
import sys

import pytest
from study import RESULTS, ROOT, environment, make_study, snakemake


def verification(folder, *arguments):
    """What ``python -m cisfuse.jobs.verification`` prints and its exit status."""
    command = [sys.executable, "-m", "cisfuse.jobs.verification", str(RESULTS), *arguments]
    answer = subprocess.run(
        command,
        cwd=folder,
        env={**environment(), "PYTHONPATH": str(ROOT / "workflow/scripts")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return answer.returncode, answer.stdout


def test_a_finished_study_verifies_and_a_changed_file_is_named(study):
    status, output = verification(study)
    assert status == 0, output
    assert int(re.match(r"(\d+) files are as they were", output)[1]) > 150
    summary = study / RESULTS / "summary.txt"
    summary.write_text(summary.read_text().replace("0.", "1."))
    status, output = verification(study)
    assert status == 1
    assert output.startswith(f"{RESULTS}/summary.txt: damaged, or changed by hand: ")


@pytest.mark.slow
def test_another_folder_gives_the_same_files(finished_study, tmp_path):
    other = make_study(tmp_path / "other")
    snakemake(other)
    status, output = verification(finished_study, "--against", str(other / RESULTS))
    assert status == 0, output
    assert int(re.match(r"(\d+) files are the same", output)[1]) > 140
