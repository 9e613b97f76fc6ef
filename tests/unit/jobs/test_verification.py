"""A study's files against their records, and two runs of a study against each other."""

import json
import shutil
import zipfile

import keras
import numpy as np
import pytest

from cisfuse.base.files import sha256, write_json
from cisfuse.jobs.records import JOB_KEYS, OPTIONS_VARIABLE, Records
from cisfuse.jobs.verification import main, same_content

STUDY = "results/tiny"
TABLE = f"{STUDY}/spans/spans.tsv"
MODEL = f"{STUDY}/training/best.keras"


@pytest.fixture(autouse=True)
def working_folder(tmp_path, monkeypatch):
    monkeypatch.delenv(OPTIONS_VARIABLE, raising=False)
    (tmp_path / "run").mkdir()
    monkeypatch.chdir(tmp_path / "run")
    return tmp_path / "run"


def save_model(path, kernel=1.0):
    model = keras.Sequential([keras.Input((2,), name="x"), keras.layers.Dense(1, name="logit")])
    model.layers[0].set_weights([np.full((2, 1), kernel), np.zeros(1)])
    model.save(path)


@pytest.fixture
def run(working_folder):
    """A run of two jobs: peaks.bed to a table, the table to a model and a time."""
    (working_folder / "peaks.bed").write_text("chr22\t1\t2\n")
    for path, text in ((TABLE, "name\n"), (f"{STUDY}/training/timing.tsv", "seconds\n")):
        (working_folder / path).parent.mkdir(parents=True, exist_ok=True)
        (working_folder / path).write_text(text)
    save_model(MODEL)
    records = Records(STUDY)
    records.write("spans/table", [TABLE], about("peaks.bed"))
    made = [MODEL, f"{STUDY}/training/timing.tsv"]
    records.write("training/model", made, about(TABLE))
    return working_folder


def about(*inputs):
    """What a job's record holds beside its outputs."""
    return dict.fromkeys(JOB_KEYS) | {"inputs": {path: sha256(path) for path in inputs}}


def answer(capsys, *arguments):
    status = main(list(arguments))
    streams = capsys.readouterr()
    return status, (streams.out + streams.err).splitlines()


def test_an_untouched_study_is_well(run, capsys):
    assert answer(capsys, STUDY) == (0, ["4 files are as they were written and read"])


def test_each_wrong_file_has_its_line(run, capsys):
    (run / TABLE).write_text("nome\n")
    (run / MODEL).unlink()
    (run / "peaks.bed").write_text("chr22\t1\t3\n")
    status, lines = answer(capsys, STUDY)
    assert status == 1
    assert lines[0].startswith(f"{TABLE}: damaged, or changed by hand")
    assert lines[0].endswith(f"snakemake --cores all --force {TABLE}")
    assert lines[1].startswith(f"{MODEL}: missing; make it anew: snakemake")
    assert lines[2] == "peaks.bed: changed since spans/table read it; run the study again"
    assert lines[3] == "1 files are as they were written and read, 3 are not"


@pytest.mark.parametrize("path", ["../peaks.bed", "results/../../peaks.bed"])
def test_a_record_that_leads_out_of_the_folder_is_refused(run, capsys, path):
    (run.parent / "peaks.bed").write_text("of somebody else\n")
    job = Records(STUDY).path_of_job("spans/table")
    content = json.loads(job.read_text())
    content["outputs"][path] = sha256(run.parent / "peaks.bed")
    write_json(content, job)
    expected = f"{job}: names {path} as a file that spans/table made, outside the working folder"
    for arguments in ((STUDY,), (STUDY, "--against", STUDY)):
        status, lines = answer(capsys, *arguments)
        assert status == 1
        assert len(lines) == 1
        assert lines[0].startswith(expected)


def test_a_file_of_the_user_above_the_folder_is_verified(run, capsys):
    above = run.parent / "results/tiny/spans/spans.tsv"
    above.parent.mkdir(parents=True)
    above.write_text("peaks of another study\n")
    source = f"../{TABLE}"
    job = Records(STUDY).path_of_job("spans/table")
    content = json.loads(job.read_text())
    content["inputs"][source] = sha256(above)
    write_json(content, job)
    assert answer(capsys, STUDY) == (0, ["5 files are as they were written and read"])
    above.write_text("changed\n")
    assert (
        f"{source}: changed since spans/table read it; run the study again"
        in answer(capsys, STUDY)[1]
    )


def test_an_input_that_is_gone_is_told(run, capsys):
    (run / "peaks.bed").unlink()
    assert "peaks.bed: missing, and spans/table read it; bring it back" in answer(capsys, STUDY)[1]


def test_damaged_records_are_told(run, capsys):
    Records(STUDY).path_of_file(TABLE).write_text("{")
    status, lines = answer(capsys, STUDY)
    assert status == 1
    assert f"{TABLE}: its record" in lines[0]
    write_json({}, Records(STUDY).path_of_job("spans/table"))
    status, lines = answer(capsys, STUDY)
    assert status == 1
    assert "the record of a job is damaged" in lines[0]


def test_a_folder_without_a_run_is_an_error(run, capsys):
    status, lines = answer(capsys, "results/other")
    assert status == 1
    assert lines[0].startswith("results/other: no records of a run")


@pytest.fixture
def again(run, tmp_path):
    """Another run of the same study: other times, and archives that hold another date."""
    other = shutil.copytree(run, tmp_path / "again")
    (other / f"{STUDY}/training/timing.tsv").write_text("other\n")
    with zipfile.ZipFile(run / MODEL) as archive, zipfile.ZipFile(other / MODEL, "w") as copy:
        for name in archive.namelist():
            content = archive.read(name)
            if name == "config.json":  # Keras writes addresses in memory into it
                parts = json.loads(content, object_hook=lambda part: part | {"shared_object_id": 7})
                content = json.dumps(parts).encode()
            copy.writestr(zipfile.ZipInfo(name, (2001, 2, 3, 4, 5, 6)), content)
    assert sha256(other / MODEL) != sha256(run / MODEL)
    return other


def test_two_runs_are_the_same_but_for_dates_and_times(run, again, capsys):
    expected = (0, ["2 files are the same in both runs"])
    assert answer(capsys, STUDY, "--against", str(again / STUDY)) == expected


def test_runs_that_differ_are_told_file_by_file(run, again, capsys):
    save_model(again / MODEL, kernel=1.5)
    (again / TABLE).write_text("name\nchr22\n")
    status, lines = answer(capsys, STUDY, "--against", str(again / STUDY))
    assert status == 1
    assert lines[:2] == [f"{TABLE}: differs", f"{MODEL}: differs"]


def test_a_file_that_only_one_run_made_is_told(run, again, capsys):
    (run / f"{STUDY}/more.tsv").write_text("more\n")
    Records(STUDY).write("more", [f"{STUDY}/more.tsv"], about())
    status, lines = answer(capsys, STUDY, "--against", str(again / STUDY))
    assert status == 1
    assert lines[0] == f"{STUDY}/more.tsv: only one of the two runs made it"


def test_archives_of_other_layers_differ(run, tmp_path):
    model = keras.Sequential([keras.Input((2,), name="x"), keras.layers.Dense(1, "relu")])
    model.save(tmp_path / "other.keras")
    assert not same_content(run / MODEL, tmp_path / "other.keras")
