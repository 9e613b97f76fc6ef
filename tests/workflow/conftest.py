"""One run of the tiny study, shared by the tests of the workflow."""

import pytest
from study import copy_study, make_study, snakemake


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory):
    """The tiny study's folder after a run to the end, and what that run printed."""
    folder = make_study(tmp_path_factory.mktemp("finished") / "study")
    return folder, snakemake(folder).stdout


@pytest.fixture(scope="session")
def finished_study(finished_run):
    """The folder of the finished study; do not change it."""
    return finished_run[0]


@pytest.fixture
def study(finished_study, tmp_path):
    """A copy of the finished study, to change."""
    return copy_study(finished_study, tmp_path / "study")
