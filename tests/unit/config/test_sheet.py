"""Every mistake in a sample sheet is named; its files are looked for."""

import pytest
from configs import MINIMAL, load, load_sheet, load_with

from cisfuse.base.errors import ConfigError
from cisfuse.config.sheet import check_files as check
from cisfuse.config.sheet import external_runs
from cisfuse.sources.registry import file_columns


def check_files(config, samples, place):
    check(config, samples, file_columns(), place)


HEADER = "sample\tfactor\tcell\tpeaks\tspans\tatac"
ROW = "hepg2\tJUND\tHepG2\tpeaks.bed\t\tatac.bw"


@pytest.fixture
def sheet(tmp_path):
    """Write a sample sheet and load it."""

    def _load(content: str | bytes) -> dict:
        path = tmp_path / "samples.tsv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_sheet(path)

    return _load


def test_a_sample_sheet_is_read_by_sample(sheet):
    found = sheet(f"{HEADER}\n{ROW}\nk562\tJUND\tK562\t\tspans.bed\tatac.bw\n")
    assert list(found) == ["hepg2", "k562"]
    assert found["k562"] == {
        "sample": "k562",
        "factor": "JUND",
        "cell": "K562",
        "peaks": "",
        "spans": "spans.bed",
        "atac": "atac.bw",
        "ambiguous": "",
        "trained_on": "",
        "external_predictions": "",
        "sequences": "",
        "labels": "",
    }


def test_columns_may_be_left_out_and_change_places(sheet):
    found = sheet("atac\tsample\tcell\tfactor\tpeaks\natac.bw\thepg2\tHepG2\tJUND\tpeaks.bed\n")
    assert found["hepg2"]["atac"] == "atac.bw"
    assert found["hepg2"]["spans"] == ""


def test_comments_and_blank_lines_are_skipped_and_counted(sheet):
    found = sheet(f"# studies\n\n{HEADER}\n# more\n{ROW}\n\n")
    assert list(found) == ["hepg2"]
    with pytest.raises(ConfigError, match=r"samples\.tsv: line 6: has 2 columns"):
        sheet(f"# studies\n\n{HEADER}\n# more\n{ROW}\nk562\tJUND\n")


@pytest.mark.parametrize("prefix", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_sheets_of_other_systems_are_read(sheet, prefix, end):
    content = prefix + HEADER.encode() + end + ROW.encode() + end
    assert sheet(content) == sheet(f"{HEADER}\n{ROW}\n")


def test_quotation_marks_are_ordinary_letters(sheet):
    quoted = ROW.replace("JUND", '"JUND').replace("hepg2", "quoted")
    found = sheet(f"{HEADER}\n{quoted}\n{ROW}\n")
    assert list(found) == ["quoted", "hepg2"]
    assert found["quoted"]["factor"] == '"JUND'


SPREADSHEETS = {
    "empty columns at the end": f"{HEADER}\t\t\n{ROW}\t\t\n",
    "of the header alone": f"{HEADER}\t\t\n{ROW}\n",
    "of a row alone": f"{HEADER}\n{ROW}\t\t \n",
    "empty rows": f"{HEADER}\t\n{ROW}\t\n\t\t\t\t\t\t\n" + '""\t""\n',
    "a quoted comment": f'"# my ""samples"", today"\t\t\n{HEADER}\n{ROW}\n',
    "double quotes": "\n".join(
        "\t".join(f'"{cell}"' for cell in line.split("\t")) for line in (HEADER, ROW, "")
    ).replace('\n""', "\n"),
    "single quotes": f"{HEADER}\n" + ROW.replace("HepG2", "'HepG2'") + "\n",
    "spaces within quotes": f"{HEADER}\n" + ROW.replace("HepG2", ' " HepG2 " ') + "\r\n",
}


@pytest.mark.parametrize("content", SPREADSHEETS.values(), ids=SPREADSHEETS)
def test_what_spreadsheets_leave_is_taken_off(sheet, content):
    assert sheet(content) == sheet(f"{HEADER}\n{ROW}\n")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('"the ""old"" line"', 'the "old" line'),
        ('"a" and "b"', '"a" and "b"'),
        ("5'", "5'"),
        ("'a' or 'b'", "'a' or 'b'"),
        ('"', '"'),
    ],
)
def test_quotes_within_a_cell_stay(sheet, cell, expected):
    found = sheet(f"{HEADER}\n{ROW.replace('HepG2', cell)}\n")
    assert found["hepg2"]["cell"] == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (f"{HEADER}\t\tambiguous\n{ROW}\t\t\n", "line 1: column 7 has no name; name it, or"),
        (f"{HEADER}\t\n{ROW}\tx\n", "line 2: has 7 columns, the header has 6"),
        (f"{HEADER}\n", "holds no sample"),
        ("", "holds no sample"),
        (
            "sample\tfactor\tcell\tpeaks\nx\tJUND\tK562\ta.bed\n",
            "line 1: the column 'atac' is",
        ),
        (f"{HEADER}\tatca\n{ROW}\tx\n", r"line 1: unknown column 'atca'; did you mean 'atac'\?"),
        (f"{HEADER}\n{ROW}\nk562\tJUND\n", "line 3: has 2 columns, the header has 6"),
        (f"{HEADER}\n{ROW}\tmore\n", "line 2: has 7 columns, the header has 6"),
        (f"{HEADER}\n{ROW.replace('peaks.bed', '')}\n", "line 2: give either peaks or spans"),
        (f"{HEADER}\nx\tJUND\tK562\ta\tb\tc\n", "line 2: give either peaks or spans"),
        (f"{HEADER}\n{ROW}\n{ROW}\n", "line 3: the sample 'hepg2' is there twice"),
        (f"{HEADER}\n{ROW.replace('hepg2', 'hep g2')}\n", "sample: 'hep g2' does not match"),
        (f"{HEADER}\n{ROW.replace('atac.bw', '')}\n", "line 2: atac: must not be empty; name a"),
        (f"{HEADER}\tpeaks\n{ROW}\tb.bed\n", "'peaks'"),
        (b"sample\tfactor\n\xe9\tJUND\n", "UTF-8"),
    ],
)
def test_mistakes_in_a_sample_sheet_are_named(sheet, content, message):
    with pytest.raises(ConfigError, match=r"samples\.tsv: .*" + message) as raised:
        sheet(content)
    assert "\n" not in str(raised.value)


def test_a_missing_sample_sheet_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.tsv: no such sample sheet; correct"):
        load_sheet(tmp_path / "none.tsv")


def test_files_named_in_vain_are_named(tmp_path, monkeypatch, sheet):
    monkeypatch.chdir(tmp_path)
    config, samples = load(MINIMAL), sheet(f"{HEADER}\n{ROW}\n")
    places = {
        "genome.fa": r"config\.yaml: references\.genome",
        "peaks.bed": r"samples\.tsv: sample 'hepg2', peaks",
        "atac.bw": r"samples\.tsv: sample 'hepg2', atac",
    }
    for name, place in places.items():
        with pytest.raises(ConfigError, match=f"{place}: {name}: no such file; correct"):
            check_files(config, samples, "config.yaml")
        (tmp_path / name).touch()
    check_files(config, samples, "config.yaml")


def test_files_that_a_rule_makes_need_not_be_there(tmp_path, monkeypatch, sheet):
    monkeypatch.chdir(tmp_path)
    samples = sheet(f"{HEADER}\n{ROW}\n")
    check_files(load_with("references", {"simulation": {"seed": 1}}), samples, "config.yaml")
    address = {"genome": "https://example.org/x.fa", "genome_checksum": "md5:" + "a" * 32}
    with pytest.raises(ConfigError, match=r"peaks\.bed: no such file"):
        check_files(load_with("references", address), samples, "config.yaml")
    folder, entry = (
        f"resources/{MINIMAL['study']}",
        {"url": "http://x/y", "checksum": "md5:" + "a" * 32},
    )
    samples["hepg2"] |= {"peaks": f"{folder}/peaks.bed", "atac": f"{folder}/atac.bw"}
    address["downloads"] = {samples["hepg2"][column]: entry for column in ("peaks", "atac")}
    check_files(load_with("references", address), samples, "config.yaml")


def test_an_address_in_the_sheet_is_told_where_it_belongs(tmp_path, monkeypatch, sheet):
    monkeypatch.chdir(tmp_path)
    samples = sheet(f"{HEADER}\n{ROW}\n")
    (tmp_path / "genome.fa").touch()
    samples["hepg2"]["peaks"] = "https://example.org/peaks.bed"
    with pytest.raises(ConfigError, match=r"peaks: https://\S+: an address stands under refer"):
        check_files(load(MINIMAL), samples, "config.yaml")


def test_a_simulated_study_finds_its_own_sites_and_no_others(tmp_path, monkeypatch, sheet):
    monkeypatch.chdir(tmp_path)
    samples = sheet(f"{HEADER}\n{ROW}\n")
    config = load_with("references", {"simulation": {"seed": 1}})
    config["interpretation"]["sites"] = f"resources/{config['study']}/sites.bed"
    check_files(config, samples, "config.yaml")
    config["interpretation"]["sites"] = "resources/other.bed"
    with pytest.raises(ConfigError, match=r"interpretation\.sites: resources/other\.bed: no such"):
        check_files(config, samples, "config.yaml")
    (tmp_path / "resources").mkdir()
    (tmp_path / "resources/other.bed").touch()
    check_files(config, samples, "config.yaml")


LATER = f"{HEADER}\tambiguous\ttrained_on\texternal_predictions"


def test_later_columns_are_read_and_may_be_left_out(sheet):
    samples = sheet(
        f"{LATER}\n{ROW}\trelaxed.bed\t\ta.tsv, b/other.tsv.gz\n"
        f"{ROW.replace('hepg2', 'other')}\t\thepg2\t\n"
    )
    assert samples["hepg2"]["ambiguous"] == "relaxed.bed"
    assert external_runs(samples["hepg2"]) == {"a": "a.tsv", "other": "b/other.tsv.gz"}
    assert samples["other"]["trained_on"] == "hepg2"
    assert external_runs(samples["other"]) == {}
    assert sheet(f"{HEADER}\n{ROW}\n")["hepg2"]["trained_on"] == ""


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ("\t\tmine/folds.tsv", r"line 2: external_pred.* cannot be called 'folds'"),
        ("\t\tmine/fold-2.tsv", r"cannot be called 'fold-2'; rename the file"),
        ("\t\ta b.tsv", r"cannot be called 'a b'"),
        ("\t\ta.tsv,b/a.tsv.gz", r"b/a\.tsv\.gz: two files give the name 'a'; rename one"),
        ("\tnone\t", r"sample 'hepg2', trained_on: 'none' is not in the sheet; name one of the"),
        ("\thepg2\t", r"trained_on: 'hepg2' is not trained itself"),
    ],
)
def test_mistakes_in_later_columns_are_named(sheet, cells, message):
    with pytest.raises(ConfigError, match=message):
        sheet(f"{LATER}\n{ROW}\t{cells}\n")


def test_another_program_cannot_have_the_name_of_a_model(sheet):
    samples = sheet(f"{LATER}\n{ROW}\t\t\tmine/fusion_cnn.tsv\n")
    with pytest.raises(ConfigError, match="'fusion_cnn' is the name of a model; rename the file"):
        check_files(load(MINIMAL), samples, "config.yaml")


def test_ambiguous_intervals_go_with_peaks(sheet):
    row = "hepg2\tJUND\tHepG2\t\tspans.bed\tatac.bw\trelaxed.bed\t\t"
    with pytest.raises(ConfigError, match="line 2: ambiguous intervals go with peaks"):
        sheet(f"{LATER}\n{row}\n")


def test_files_of_later_columns_are_looked_for(tmp_path, monkeypatch, sheet):
    monkeypatch.chdir(tmp_path)
    samples = sheet(f"{LATER}\n{ROW}\trelaxed.bed\t\tother.tsv\n")
    for name in ("genome.fa", "peaks.bed", "atac.bw"):
        (tmp_path / name).touch()
    for name, place in [("relaxed.bed", "ambiguous"), ("other.tsv", "external_predictions")]:
        with pytest.raises(ConfigError, match=f"'hepg2', {place}.*{name}: no such file"):
            check_files(load(MINIMAL), samples, "config.yaml")
        (tmp_path / name).touch()
    check_files(load(MINIMAL), samples, "config.yaml")


def test_labelled_sequences_need_no_accessibility(sheet):
    found = sheet("sample\tfactor\tcell\tsequences\tlabels\nselex\tJUND\tin vitro\ta.fa\ta.tsv\n")
    assert (found["selex"]["sequences"], found["selex"]["labels"]) == ("a.fa", "a.tsv")
    assert found["selex"]["atac"] == ""


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("x\tJUND\tK562\tp.bed\t\ta.fa\t", "line 2: peaks does not go with labelled sequences"),
        ("x\tJUND\tK562\t\ta.bw\ta.fa\t", "line 2: atac does not go with labelled sequences"),
        ("x\tJUND\tK562\tp.bed\ta.bw\t\tl.tsv", "line 2: labels go with sequences"),
        ("x\tJUND\tK562\t\t\t\tl.tsv", "line 2: labels go with sequences; name these in"),
        ("x\tJUND\tK562\tp.bed\t\t\t", "line 2: atac: must not be empty; name a"),
        ("x\tJUND\tK562\t\t\t\t", "line 2: give either peaks or spans"),
    ],
)
def test_columns_of_both_sources_do_not_go_together(sheet, row, message):
    with pytest.raises(ConfigError, match=message):
        sheet(f"sample\tfactor\tcell\tpeaks\tatac\tsequences\tlabels\n{row}\n")
