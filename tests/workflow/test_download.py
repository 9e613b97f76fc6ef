"""A genome that is given by its address comes from a server on loopback."""

import hashlib
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from study import FASTA, make_study, set_config, snakemake

GENOME = "resources/tiny/genome/genome.fa"


@pytest.fixture
def study_with_address(tmp_path):
    """A study whose genome lies on a server, and no longer in its folder."""
    folder = make_study(tmp_path / "study")
    (tmp_path / "server").mkdir()
    served = (folder / FASTA).rename(tmp_path / "server" / "genome.fa.gz")
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "server"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/genome.fa.gz"
    set_config(folder, "references.genome", address)
    yield folder, hashlib.sha256(served.read_bytes()).hexdigest()
    server.shutdown()
    server.server_close()


def test_a_genome_is_fetched_and_verified(study_with_address):
    folder, digest = study_with_address
    set_config(folder, "references.genome_checksum", f"sha256:{digest}")
    snakemake(folder, GENOME)
    assert (folder / GENOME).read_text().startswith(">chr22\n")
    assert (folder / "resources/tiny/download/genome.fa.gz").is_file()


def test_a_wrong_checksum_ends_the_run_and_leaves_nothing(study_with_address):
    folder, digest = study_with_address
    set_config(folder, "references.genome_checksum", f"sha256:{'0' * 64}")
    result = snakemake(folder, GENOME, "--retries", "0", check=False)
    assert result.returncode != 0
    assert f"sha256 is {digest}, the config says {'0' * 64}" in result.stdout
    assert not list((folder / "resources/tiny/download").glob("*"))
    assert not (folder / GENOME).exists()
