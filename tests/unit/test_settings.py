"""Every mistake in a config or sample sheet is named; defaults are filled in."""

import copy
from pathlib import Path

import pytest
import yaml

from cisfuse.errors import ConfigError
from cisfuse.settings import (
    check_files,
    check_schema,
    fill_defaults,
    load_config,
    load_samples,
    load_schema,
    model_settings,
)

ROOT = Path(__file__).resolve().parents[2]
CONFIG_SCHEMA = ROOT / "workflow" / "schemas" / "config.schema.yaml"
SAMPLES_SCHEMA = ROOT / "workflow" / "schemas" / "samples.schema.yaml"
MINIMAL = {"study": "jund", "samples": "samples.tsv", "references": {"genome": "genome.fa"}}
HEADER = "sample\tfactor\tcell\tpeaks\tspans\tatac"
ROW = "hepg2\tJUND\tHepG2\tpeaks.bed\t\tatac.bw"


def load(content: dict) -> dict:
    return load_config(content, CONFIG_SCHEMA, "config.yaml")


def load_with(section: str, content) -> dict:
    """Load the minimal config with one more section, or more keys of references."""
    if section == "references":
        content = {**MINIMAL["references"], **content}
    return load({**MINIMAL, section: content})


@pytest.fixture
def sheet(tmp_path):
    """Write a sample sheet and load it."""

    def _load(content: str | bytes) -> dict:
        path = tmp_path / "samples.tsv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_samples(path, SAMPLES_SCHEMA)

    return _load


def test_defaults_are_filled_in_to_any_depth():
    config = load(MINIMAL)
    assert config["references"]["blacklist"] is None
    assert config["spans"]["length"] == 101
    assert config["splits"]["chromosomes"] == {"valid": [], "test": []}
    assert set(config["training"]["models"]) == {
        "fusion_cnn",
        "sequence_cnn",
        "accessibility_logistic",
    }
    assert load_with("splits", {"chromosomes": {"test": ["chr1"]}})["splits"]["chromosomes"] == {
        "valid": [],
        "test": ["chr1"],
    }


def test_a_key_of_the_user_keeps_its_value_beside_defaults():
    config = load_with("spans", {"length": 200, "chromosomes": ["chr2"]})
    assert config["spans"]["length"] == 200
    assert config["spans"]["chromosomes"] == ["chr2"]
    assert config["spans"]["stride"] == 101


def test_the_config_given_is_left_as_it_was():
    content = {**copy.deepcopy(MINIMAL), "splits": {"chromosomes": {"test": ["chr1"]}}}
    before = copy.deepcopy(content)
    load(content)
    assert content == before


def test_defaults_are_not_shared_between_calls():
    schema = load_schema(CONFIG_SCHEMA)
    first = fill_defaults(MINIMAL, schema)
    first["spans"]["chromosomes"].append("chr1")
    first["training"]["models"]["fusion_cnn"]["transform"] = "none"
    first["splits"]["fractions"]["train"] = 0.1
    assert schema == load_schema(CONFIG_SCHEMA)
    assert fill_defaults(MINIMAL, schema) == load(MINIMAL)


@pytest.mark.parametrize(
    ("section", "content", "message"),
    [
        ("spnas", {}, r"top level: unknown key 'spnas'; did you mean 'spans'\?"),
        ("spans", {"lenght": 1}, r"spans: unknown key 'lenght'; did you mean 'length'\?"),
        ("examples", {"qqq": 1}, r"examples: unknown key 'qqq'; known are shards"),
        ("spans", None, r"spans: the section is empty; give it keys, or delete its line"),
        ("spans", {"length": "long"}, r"spans\.length: 'long' is not of type 'integer'"),
        ("spans", {"length": 3}, r"spans\.length: 3 is less than the minimum"),
        ("spans", {"chromosomes": "chr1"}, r"spans\.chromosomes: 'chr1' is not of type 'array'"),
        ("splits", {"method": "block"}, r"splits\.method: 'block' is not one of auto, blocks"),
        ("study", "my study", r"study: 'my study' has not the form .*Names the folder"),
        ("interpretation", {"motifs": ["TGXA"]}, r"interpretation\.motifs\.0: 'TGXA' has not"),
        ("splits", {"fractions": {"train": 0.5, "valid": 0.5}}, r"the key 'test' is missing"),
        (
            "splits",
            {"fractions": {"train": 0.5, "valid": 0.2, "test": 0.2}},
            r"splits\.fractions: they add up to 0\.9; change them",
        ),
        (
            "references",
            {"genome": "https://example.org/genome.fa.gz"},
            r"genome_checksum must say .*sha256",
        ),
        (
            "references",
            {"genome": "ftp://example.org/genome.fa.gz", "genome_checksum": "md5:" + "0" * 32},
            r"only http and https addresses are fetched, not ftp://",
        ),
        ("references", {"genome_checksum": "md5:123"}, r"genome_checksum: 'md5:123' has not"),
        (
            "interpretation",
            {"models": ["fusion"]},
            r"interpretation\.models: 'fusion' is not under training\.models; there are fusion_cnn",
        ),
        (
            "interpretation",
            {"models": ["accessibility_logistic"]},
            r"interpretation\.models: 'accessibility_logistic' reads no sequence",
        ),
        (
            "training",
            {"models": {"mine": {}}},
            r"training\.models\.mine: no architecture is called 'mine'; there are fusion_cnn",
        ),
        (
            "training",
            {"models": {"fusion_cnn": {"rate": 1}}},
            r"training\.models\.fusion_cnn: unknown key 'rate'",
        ),
    ],
)
def test_mistakes_in_a_config_are_named(section, content, message):
    with pytest.raises(ConfigError, match=r"^config\.yaml: .*" + message) as raised:
        load_with(section, content)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("key", MINIMAL)
def test_missing_keys_are_named(key):
    content = {name: value for name, value in MINIMAL.items() if name != key}
    with pytest.raises(ConfigError, match=f"top level: the key '{key}' is missing; add it"):
        load(content)


def test_a_genome_with_an_address_and_a_checksum_is_fine():
    references = {"genome": "https://example.org/x.fa", "genome_checksum": "md5:" + "a" * 32}
    assert load_with("references", references)["references"]["blacklist"] is None


def test_a_model_overrides_the_section():
    models = {
        "raw": {"architecture": "fusion_cnn", "transform": "none", "batch_size": 7},
        "sequence_cnn": {},
    }
    training = load_with("training", {"models": models, "learning_rate": 0.5})["training"]
    assert model_settings(training, "raw") == {
        "architecture": "fusion_cnn",
        "transform": "none",
        "epochs_per_round": 10,
        "batch_size": 7,
        "learning_rate": 0.5,
        "class_weights": "balanced",
        "selection_metric": "average_precision",
        "precision": "float32",
        "xla": False,
    }
    assert model_settings(training, "sequence_cnn")["architecture"] == "sequence_cnn"
    assert model_settings(training, "sequence_cnn")["batch_size"] == 1000


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


def leaves(rule: dict, place: str = "", described: bool = False):
    """Yield (place, rule, whether its section is described) of every key without keys."""
    for key, inner in rule.get("properties", {}).items():
        where = f"{place}.{key}".strip(".")
        if "properties" in inner:
            yield from leaves(inner, where, "description" in inner)
        else:
            yield where, inner, described
    if isinstance(rule.get("additionalProperties"), dict):
        yield from leaves(rule["additionalProperties"], f"{place}.*")


@pytest.mark.parametrize("path", [CONFIG_SCHEMA, SAMPLES_SCHEMA])
def test_every_key_is_described(path):
    undescribed = [
        place
        for place, rule, described in leaves(load_schema(path))
        if not (described or "description" in rule or "$ref" in rule)
    ]
    assert undescribed == []


def test_every_default_is_valid():
    schema = load_schema(CONFIG_SCHEMA)
    check_schema(load(MINIMAL), schema, "defaults")
    defaults = [(place, rule) for place, rule, _ in leaves(schema) if "default" in rule]
    for place, rule in defaults:
        check_schema(rule["default"], {**rule, "$defs": schema["$defs"]}, place)
    assert len(defaults) > 20


@pytest.mark.parametrize("path", sorted(ROOT.glob("config/*.yaml")), ids=lambda path: path.name)
def test_every_study_of_the_repository_loads(path):
    config = load_config(yaml.safe_load(path.read_text()), CONFIG_SCHEMA, path.name)
    samples = load_samples(ROOT / config["samples"], SAMPLES_SCHEMA)
    assert all(row["atac"] for row in samples.values())


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


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (f"{HEADER}\n", "holds no sample"),
        ("", "holds no sample"),
        ("sample\tfactor\tcell\tpeaks\nx\tJUND\tK562\ta.bed\n", "the key 'atac' is missing"),
        (f"{HEADER}\tatca\n{ROW}\tx\n", r"line 2: .*unknown key 'atca'; did you mean 'atac'\?"),
        (f"{HEADER}\n{ROW}\nk562\tJUND\n", "line 3: has 2 columns, the header has 6"),
        (f"{HEADER}\n{ROW}\tmore\n", "line 2: has 7 columns, the header has 6"),
        (f"{HEADER}\n{ROW.replace('peaks.bed', '')}\n", "line 2: give either peaks or spans"),
        (f"{HEADER}\nx\tJUND\tK562\ta\tb\tc\n", "line 2: give either peaks or spans"),
        (f"{HEADER}\n{ROW}\n{ROW}\n", "line 3: the sample 'hepg2' is there twice"),
        (f"{HEADER}\n{ROW.replace('hepg2', 'hep g2')}\n", "line 2: sample: 'hep g2' has not"),
        (f"{HEADER}\n{ROW.replace('atac.bw', '')}\n", "line 2: atac: ''"),
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
        load_samples(tmp_path / "none.tsv", SAMPLES_SCHEMA)
