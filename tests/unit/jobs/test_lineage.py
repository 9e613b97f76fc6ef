"""What made a file, back to the user's own files."""

import pytest

from cisfuse.base.errors import DamagedFileError
from cisfuse.base.files import sha256, write_json
from cisfuse.jobs.lineage import seeds_of, trace
from cisfuse.jobs.records import Records


def about(rule, inputs, version="1"):
    return {
        "rule": rule,
        "wildcards": {},
        "params": {"code": f"code of {rule}"},
        "threads": 1,
        "resources": {},
        "seconds": 0.5,
        "peak_mb": 80,
        "versions": {"numpy": version},
        "machine": {"system": "Linux"},
        "inputs": {path: sha256(path) for path in inputs},
    }


@pytest.fixture
def records(tmp_path, monkeypatch):
    """peaks.bed -> a -> b, with signal.bw; and c of peaks.bed that b does not need."""
    monkeypatch.chdir(tmp_path)
    for name in ("peaks.bed", "signal.bw", "a", "b", "c"):
        (tmp_path / name).write_text(name)
    records = Records("results/tiny")
    records.write("spans/a", ["a"], about("make_a", ["peaks.bed"]))
    records.write("training/b", ["b"], about("make_b", ["a", "signal.bw"], version="2"))
    records.write("spans/c", ["c"], about("make_c", ["peaks.bed"]))
    return records


def test_a_lineage_names_all_that_a_file_rests_on_and_nothing_else(records):
    lineage = trace(records, ["b"])
    assert lineage["inputs"] == {name: sha256(name) for name in ("peaks.bed", "signal.bw")}
    assert set(lineage["jobs"]) == {"spans/a", "training/b"}
    assert lineage["jobs"]["spans/a"] == {
        "rule": "make_a",
        "wildcards": {},
        "threads": 1,
        "seconds": 0.5,
        "outputs": {"a": sha256("a")},
        "code": "code of make_a",
    }
    assert [(each["versions"]["numpy"], each["jobs"]) for each in lineage["environments"]] == [
        ("2", ["training/b"]),
        ("1", ["spans/a"]),
    ]


def test_jobs_of_one_machine_share_an_environment(records):
    lineage = trace(records, ["c", "a", "c"])
    assert [each["jobs"] for each in lineage["environments"]] == [["spans/a", "spans/c"]]


def test_a_file_without_a_record_is_an_error_that_says_how_to_make_it(records):
    with pytest.raises(DamagedFileError, match=r"^peaks\.bed: there is no record .* --force"):
        trace(records, ["peaks.bed"])
    records.path_of_job("spans/a").unlink()
    with pytest.raises(
        DamagedFileError, match=r"jobs/spans/a\.json: .* missing; make the files of spans/a anew"
    ):
        trace(records, ["b"])


def test_a_damaged_record_of_a_job_is_an_error_too(records):
    write_json({"outputs": {}}, records.path_of_job("spans/a"))
    with pytest.raises(DamagedFileError, match=r"jobs/spans/a\.json: .* damaged"):
        trace(records, ["a"])


def test_seeds_are_found_wherever_they_are():
    config = {"seed": 1, "splits": {"seed": 2, "gap": 3}, "training": {"seeds": [4, 5]}}
    assert seeds_of(config) == {"seed": 1, "splits.seed": 2, "training.seeds": [4, 5]}
