"""One run of the tiny study, shared by the tests of the workflow."""

import pytest
from long_training import ROUNDS, TARGETS
from study import RESULTS, copy_study, make_study, set_config, snakemake


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


@pytest.fixture(scope="session")
def untrained_study(tmp_path_factory):
    """A study of one network with dropout and many rounds, with its examples; do not change it."""
    study = make_study(tmp_path_factory.mktemp("untrained") / "study")
    set_config(study, "training.models", {"fusion_cnn": {}})
    set_config(study, "training.rounds", ROUNDS)
    snakemake(study, str(RESULTS / "examples/jund/verified.tsv"))
    return study


@pytest.fixture(scope="session")
def trained_study(untrained_study, tmp_path_factory):
    """The same, trained and its spans scored without anything that disturbed; do not change it."""
    study = copy_study(untrained_study, tmp_path_factory.mktemp("trained") / "study")
    snakemake(study, *TARGETS)
    return study
