"""Records of files and jobs: what is read is what was written."""

import json
import random

import pytest

from cisfuse.base.errors import DamagedFileError
from cisfuse.base.files import sha256
from cisfuse.jobs.records import JOB_KEYS, OPTIONS_VARIABLE, Records, rebuild_command


@pytest.fixture
def records(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(OPTIONS_VARIABLE, raising=False)
    (tmp_path / "results/tiny").mkdir(parents=True)
    (tmp_path / "results/tiny/a.tsv").write_bytes(random.Random(0).randbytes(200))
    records = Records("results/tiny")
    records.write("spans/a", ["results/tiny/a.tsv"], {"rule": "a"})
    return records


def test_a_file_that_is_as_it_was_written_passes_with_its_digest(records, tmp_path):
    (tmp_path / "users.bed").write_text("chr22")
    found = records.check(["results/tiny/a.tsv", "users.bed", "users.bed"])
    assert found == {path: sha256(path) for path in ("results/tiny/a.tsv", "users.bed")}
    assert records.of_file("users.bed") is None
    assert records.of_file("results/tiny/a.tsv")["job"] == "spans/a"


def test_any_flipped_byte_and_any_truncation_is_found(records, tmp_path):
    path = tmp_path / "results/tiny/a.tsv"
    content = path.read_bytes()
    for place in range(len(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(DamagedFileError, match=r"results/tiny/a\.tsv: damaged"):
            records.check(["results/tiny/a.tsv"])
        path.write_bytes(content[:place])
        with pytest.raises(DamagedFileError, match="make it anew: snakemake --cores all --force"):
            records.check(["results/tiny/a.tsv"])
    path.write_bytes(content)
    records.check(["results/tiny/a.tsv"])


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"sha256": "0"}'])
def test_a_damaged_record_asks_for_its_file_anew(records, content):
    records.path_of_file("results/tiny/a.tsv").write_bytes(content)
    with pytest.raises(DamagedFileError, match=r"a\.tsv: its record .* is damaged; make it anew"):
        records.check(["results/tiny/a.tsv"])


def test_a_reference_that_the_user_put_there_is_freed_by_deleting_its_record(records, tmp_path):
    path = "resources/tiny/genome.fa.gz"
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text("downloaded")
    records.write("references/download", [path], {"rule": "download_reference"})
    (tmp_path / path).write_text("brought")
    with pytest.raises(DamagedFileError) as raised:
        records.check([path])
    record = records.path_of_file(path)
    assert f"; if you put it there yourself, delete {record}, else make it" in str(raised.value)
    record.unlink()
    records.check([path])


def test_a_later_job_replaces_the_record(records, tmp_path):
    (tmp_path / "results/tiny/a.tsv").write_text("other")
    records.write("spans/a", ["results/tiny/a.tsv"], {"rule": "a"})
    records.check(["results/tiny/a.tsv"])
    job = json.loads(records.path_of_job("spans/a").read_text())
    assert job == {"rule": "a", "outputs": {"results/tiny/a.tsv": sha256("results/tiny/a.tsv")}}


def test_records_of_files_elsewhere_lie_in_the_study_too(records):
    for path in ("/data/a.tsv", "../a.tsv", "resources/tiny/a.tsv"):
        assert records.files in records.path_of_file(path).parents


def test_no_record_of_a_file_elsewhere_is_taken_for_one_of_the_same_name_here(records):
    paths = ["resources/a.tsv", "../resources/a.tsv", "../../resources/a.tsv", "/resources/a.tsv"]
    assert len({records.path_of_file(path) for path in paths}) == len(paths)
    beside = records.path_of_file("resources/../a.tsv")
    assert beside == records.path_of_file("a.tsv")


@pytest.mark.parametrize("path", ["../outside.tsv", "results/../../outside.tsv", "/tmp/a.tsv"])
def test_a_job_that_made_a_file_outside_is_refused(records, path):
    about = dict.fromkeys(JOB_KEYS) | {"outputs": {"results/tiny/a.tsv": "0", path: "0"}}
    records.path_of_job("spans/a").write_text(json.dumps(about))
    with pytest.raises(DamagedFileError, match=f"names {path} as a file that spans/a made, outs"):
        records.of_job("spans/a")


@pytest.mark.parametrize("job", ["../files/results/tiny/a.tsv", "../../../outside", "/tmp/job"])
def test_a_job_outside_the_records_is_refused(records, job):
    with pytest.raises(DamagedFileError, match=f"names the job {job}, outside "):
        records.of_job(job)


def test_the_command_names_the_config_and_quotes_the_path(monkeypatch):
    monkeypatch.delenv(OPTIONS_VARIABLE, raising=False)
    assert rebuild_command("a b") == "snakemake --cores all --force 'a b'"
    monkeypatch.setenv(OPTIONS_VARIABLE, "--configfile config/mine.yaml")
    assert rebuild_command("a") == "snakemake --cores all --force a --configfile config/mine.yaml"
