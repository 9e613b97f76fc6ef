"""A SLURM of one node, for the tests of the cluster profiles."""

import one_node
import pytest


@pytest.fixture(scope="module")
def slurm(tmp_path_factory):
    """A running `one_node.OneNode`; the test is skipped where the machine cannot have one."""
    if reason := one_node.missing():
        pytest.skip(reason)
    with one_node.OneNode(tmp_path_factory.mktemp("slurm")) as node:
        yield node
    assert node.processes() == [], "a process of the test's SLURM is left"
