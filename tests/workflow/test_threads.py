"""A job computes with the threads that its rule has, whatever the machine and the shell say."""

import json

import pytest
from study import make_study, snakemake

# Takes the place of an adapter: loads what the library computes with, and reports its pools.
REPORT = """
import json
import numpy, scipy.linalg, sklearn.metrics, threadpoolctl

pools = [[pool["user_api"], pool["num_threads"]] for pool in threadpoolctl.threadpool_info()]
content = {"threads": snakemake.threads, "pools": pools}
for path in snakemake.output:
    open(path, "w").write(json.dumps(content))
"""
INDEXED = "resources/tiny/genome/genome.fa"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The tiny study with a rule that reports its threads."""
    folder = make_study(tmp_path_factory.mktemp("threads") / "study")
    (folder / "workflow/scripts/index_genome.py").write_text(REPORT)
    return folder


@pytest.mark.parametrize(("options", "threads"), [((), 1), (("index_genome=2",), 2)])
def test_blas_and_openmp_are_bounded_by_the_rule(folder, monkeypatch, options, threads):
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.setenv(name, "7")
    chosen = ("--set-threads", *options) if options else ()
    snakemake(folder, "--force", INDEXED, *chosen)
    found = json.loads((folder / INDEXED).read_text())
    assert found["threads"] == threads
    # OpenBLAS never takes more threads than there are cores, OpenMP takes what it is told.
    assert {count for api, count in found["pools"] if api == "openmp"} == {threads}
    blas = [count for api, count in found["pools"] if api == "blas"]
    assert blas
    assert max(blas) <= threads
