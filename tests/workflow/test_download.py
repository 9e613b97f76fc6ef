"""Files that are given by their addresses come from a server on loopback."""

import hashlib
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
import yaml
from loopback import Answer, Server
from study import (
    ATAC,
    BLACKLIST,
    FASTA,
    PEAKS,
    ROOT,
    command,
    copy_workflow,
    environment,
    make_study,
    plan,
    read_config,
    read_table,
    sample_row,
    set_config,
    snakemake,
    write_sheet,
)

GENOME = "resources/tiny/genome/genome.fa"
DOWNLOADED = "resources/tiny/download/genome.fa.gz"
CHECKS = "results/tiny/references/jund/checks.tsv"


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Server() as running:
        yield running


@pytest.fixture
def study_with_address(tmp_path, server):
    """A study whose genome lies on a server, and no longer in its folder; its bytes."""
    folder = make_study(tmp_path / "study")
    content = (folder / FASTA).read_bytes()
    (folder / FASTA).unlink()
    address = server.serve("/genome.fa.gz", Answer(content, etag='"1"'))
    set_config(folder, "references.genome", address)
    set_config(folder, "references.genome_checksum", f"sha256:{digest(content)}")
    return folder, content


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def put_on_the_web(folder: Path, server: Server) -> dict[str, str]:
    """Move the study's files to the server and list them as downloads.

    Returns the path of each that the config and the sheet now name, by the path before.
    """
    paths, downloads = {}, {}
    for number, before in enumerate((FASTA, PEAKS, BLACKLIST, ATAC)):
        path = f"resources/tiny/{'web/' * (number % 2)}{Path(before).name}"
        content = (folder / before).read_bytes()
        (folder / before).unlink()
        url = server.serve(f"/{Path(before).name}", Answer(content))
        paths[before] = path
        downloads[path] = {"url": url, "checksum": f"sha256:{digest(content)}"}
    set_config(folder, "references.genome", paths[FASTA])
    set_config(folder, "references.blacklist", paths[BLACKLIST])
    set_config(folder, "references.downloads", downloads)
    write_sheet(folder, [sample_row(peaks=paths[PEAKS], atac=paths[ATAC])])
    return paths


def public_study() -> dict:
    return yaml.safe_load((ROOT / "config/jund_public.yaml").read_text(encoding="utf-8"))


def test_the_public_study_plans_without_a_network(tmp_path):
    folder = copy_workflow(tmp_path)
    jobs = plan(folder, config="config/jund_public.yaml")
    downloads = public_study()["references"]["downloads"]
    assert jobs["download_reference"] == len(downloads) == 4
    assert jobs["index_genome"] == jobs["check_inputs"] == jobs["write_report"] == 1
    row = read_table(folder / "config/jund_public.tsv").iloc[0]
    references = public_study()["references"]
    named = {references["genome"], references["blacklist"], row["spans"], row["atac"]}
    assert named == set(downloads)


@pytest.mark.slow
def test_a_study_from_addresses_alone_is_checked_and_fetched_once(tmp_path, server):
    folder = make_study(tmp_path / "study")
    paths = put_on_the_web(folder, server)
    assert read_config(folder)["references"].keys() == public_study()["references"].keys()
    spans = "results/tiny/spans/jund/spans.tsv.gz"
    assert plan(folder, "--nolock", spans)["download_reference"] == 4
    assert not server.requests
    snakemake(folder, spans)
    assert set(read_table(folder / CHECKS)["file"]) == set(paths.values())
    assert sorted(path for path, _ in server.requests) == sorted(server.answers)
    assert not plan(folder, "--nolock", spans)


def test_a_file_in_place_of_a_download_is_compared_too(tmp_path, server):
    """The user brought the file, as one does where jobs have no network; it is another."""
    folder = make_study(tmp_path / "study")
    path = put_on_the_web(folder, server)[PEAKS]
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    content = b"chr22\t3000\t3200\n"
    (folder / path).write_bytes(content)
    result = snakemake(folder, CHECKS, check=False)
    assert result.returncode != 0
    assert f"{path}: sha256 is {digest(content)}, the config says" in result.stdout
    assert "/peaks.bed" not in {asked for asked, _ in server.requests}


def test_a_genome_is_fetched_and_verified(study_with_address):
    folder, _ = study_with_address
    snakemake(folder, GENOME)
    assert (folder / GENOME).read_text().startswith(">chr22\n")
    assert (folder / DOWNLOADED).is_file()


def test_a_wrong_checksum_ends_the_run_and_leaves_nothing(study_with_address):
    folder, content = study_with_address
    set_config(folder, "references.genome_checksum", f"sha256:{'0' * 64}")
    result = snakemake(folder, GENOME, "--retries", "0", check=False)
    assert result.returncode != 0
    assert f"sha256 is {digest(content)}, the config says {'0' * 64}" in result.stdout
    assert not list((folder / DOWNLOADED).parent.glob("*"))
    assert not list((folder / DOWNLOADED).parent.glob(".*"))
    assert not (folder / GENOME).exists()


@pytest.mark.slow
def test_a_killed_run_fetches_only_the_rest(study_with_address, server, survived):
    """All of Snakemake is killed in the midst of the transfer, as by a reboot."""
    folder, content = study_with_address
    half = len(content) // 2
    server.serve("/genome.fa.gz", Answer(content, etag='"1"', stall_after=half))
    process = subprocess.Popen(
        command(GENOME),
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    part = folder / DOWNLOADED.replace("genome.fa.gz", ".genome.fa.gz.part")
    deadline = time.monotonic() + 60
    while not part.exists() or part.stat().st_size < half:
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not (folder / DOWNLOADED).exists()
    server.serve("/genome.fa.gz", Answer(content, etag='"1"'))
    snakemake(folder, "--unlock")
    snakemake(folder, GENOME)
    assert (folder / DOWNLOADED).read_bytes() == content
    assert server.ranges_asked("/genome.fa.gz") == [None, f"bytes={half}-"]
    assert not part.exists()
    survived("kills")
