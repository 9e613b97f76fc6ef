"""Every mistake in a config is named; presets and defaults are filled in."""

import copy

import pytest
import yaml
from configs import (
    CONFIG_SCHEMA,
    MINIMAL,
    ROOT,
    SAMPLES_SCHEMA,
    check_study,
    leaves,
    load,
    load_sheet,
    load_with,
)

from cisfuse.base.errors import ConfigError
from cisfuse.config.protocols import PROTOCOLS
from cisfuse.config.schemas import check_schema, fill_defaults, load_schema, numbers_as_floats
from cisfuse.config.settings import model_settings
from cisfuse.models.registry import architecture_of, architectures, filled_options


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
    second = fill_defaults(MINIMAL, schema)
    assert second["spans"]["chromosomes"] == []
    assert second["training"]["models"]["fusion_cnn"] == {}
    assert second["splits"]["fractions"]["train"] == 0.7


def test_a_section_is_filled_from_its_protocol():
    training = load_with("training", {"protocol": "published", "batch_size": 5})["training"]
    assert (PROTOCOLS["published"] | {"batch_size": 5}).items() <= training.items()
    keys = load_schema(CONFIG_SCHEMA)["properties"]["training"]["properties"]
    assert list(training) == list(keys)


@pytest.mark.parametrize(
    ("section", "content", "message"),
    [
        ("spnas", {}, r"top level: unknown key 'spnas'; did you mean 'spans'\?"),
        ("spans", {"lenght": 1}, r"spans: unknown key 'lenght'; did you mean 'length'\?"),
        ("examples", {"qqq": 1}, r"examples: unknown key 'qqq'; known are shards"),
        ("spans", None, r"spans: the section is empty; give it keys, or delete its line"),
        ("spans", {"length": "long"}, r"spans\.length: 'long' is not a whole number; write"),
        ("spans", {"length": 3}, r"spans\.length: 3 is out of range; give 10 or more"),
        ("spans", {"chromosomes": "chr1"}, r"spans\.chromosomes: 'chr1' is not a list; write"),
        ("splits", {"method": "block"}, r"splits\.method: 'block' is not one of auto, blocks"),
        ("study", "my study", r"study: 'my study' does not match .*Names the folder"),
        (
            "interpretation",
            {"motifs": ["TGXA"]},
            r"interpretation\.motifs\.0: 'TGXA' does not match",
        ),
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
        ("references", {"genome_checksum": "md5:123"}, r"'md5:123' does not match"),
        ("references", {"downloads": {"x": {"url": "x"}}}, r"x: the key 'checksum' is missing"),
        (
            "references",
            {"downloads": {"x": {"url": "https://x/y", "checksum": "sha1:" + "0" * 40}}},
            r"downloads\.x\.checksum: 'sha1:0+' does not match",
        ),
        (
            "references",
            {"downloads": {"x": {"url": "https://x/y", "checksum": "md5:" + "0" * 32}}},
            r"references\.downloads: 'x' is not below resources/",
        ),
        (
            "references",
            {"downloads": {5: {}}},
            r"references\.downloads: 5 is not text; put it",
        ),
        ("references", {"names": {"chr14": True}}, r"references\.names\.chr14: True is not text"),
        ("references", {"names": {True: "chrI"}}, r"references\.names: True is not text"),
        ("references", {"names": ["chr14"]}, r"references\.names: \['chr14'\] is not a section"),
        ("splits", {"block_size": "large"}, r"block_size: 'large' does not match \^auto\$"),
        ("evaluation", {"block_size": 10}, r"block_size: 10 is out of range; give 1000 or more"),
        ("spans", {"peak_width": 0}, r"spans\.peak_width: 0 is out of range; give 1 or more"),
        ("references", {"downloads": None}, r"references\.downloads: the section is empty"),
        (
            "interpretation",
            {"models": ["fusion"]},
            r"interpretation\.models: 'fusion' is not under training\.models; there are fusion_cnn",
        ),
        (
            "interpretation",
            {"methods": ["gradient"], "method": "mutagenesis"},
            r"interpretation\.method: mutagenesis is not under interpretation\.methods; add it",
        ),
        (
            "training",
            {"models": {"fusion_cnn": {"rate": 1}}},
            r"training\.models\.fusion_cnn: unknown key 'rate'",
        ),
        (
            "training",
            {"models": {"ensemble": {"architecture": "fusion_cnn"}}},
            r"training\.models: 'ensemble' is the name of something else among the results",
        ),
        (
            "training",
            {"models": {"fold-1": {"architecture": "fusion_cnn"}}},
            r"training\.models: 'fold-1' is the name of something else",
        ),
        ("training", {"protocol": "quick"}, r"protocol: 'quick' is not one of sequence_first, pub"),
        ("splits", {"folds": 2}, r"splits\.folds: 2 folds are too few, .* give 3 or more"),
        (
            "references",
            {"sequence_simulation": {"seed": 0, "positive_fraction": 1}},
            r"simulation\.positive_fraction: 1 is out of range; give less than 1",
        ),
        (
            "evaluation",
            {"confidence": 95},
            r"evaluation\.confidence: 95 is out of range; give 0.999",
        ),
    ],
)
def test_mistakes_in_a_config_are_named(section, content, message):
    with pytest.raises(ConfigError, match=r"^config\.yaml: .*" + message) as raised:
        load_with(section, content)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("key", ["study", "samples"])
def test_missing_keys_are_named(key):
    content = {name: value for name, value in MINIMAL.items() if name != key}
    with pytest.raises(ConfigError, match=f"top level: the key '{key}' is missing; add it"):
        load(content)


def test_names_of_chromosomes_may_look_like_numbers():
    names = load_with("references", {"names": {14: "chrXIV", "chr4": 4}})["references"]["names"]
    assert names == {"14": "chrXIV", "chr4": "4"}
    assert load_with("references", {"names": "names.tsv"})["references"]["names"] == "names.tsv"
    assert load(MINIMAL)["references"]["names"] is None


def test_a_genome_with_an_address_and_a_checksum_is_fine():
    references = {"genome": "https://example.org/x.fa", "genome_checksum": "md5:" + "a" * 32}
    assert load_with("references", references)["references"]["blacklist"] is None


def settings_of(models: dict, name: str, **section) -> dict:
    return model_settings(load_with("training", {"models": models, **section})["training"], name)


def test_a_model_overrides_the_section_and_the_section_its_protocol():
    models = {
        "raw": {"architecture": "fusion_cnn", "transform": "none", "batch_size": 7},
        "sequence_cnn": {},
    }
    assert settings_of(models, "raw", learning_rate=0.5) == {
        **PROTOCOLS["sequence_first"],
        "architecture": "fusion_cnn",
        "options": {},
        "transform": "none",
        "batch_size": 7,
        "learning_rate": 0.5,
        "selection_metric": None,  # the task's
        "stream": "auto",
        "precision": "float32",
        "xla": False,
    }
    other = settings_of(models, "sequence_cnn", protocol="published")
    assert other["architecture"] == "sequence_cnn"
    assert PROTOCOLS["published"].items() <= other.items()


def test_a_model_with_a_protocol_of_its_own_takes_nothing_of_it_from_the_section():
    models = {"old": {"architecture": "fusion_cnn", "protocol": "published", "batch_size": 9}}
    found = settings_of(models, "old", learning_rate=0.5, transform="log", xla=True)
    assert (PROTOCOLS["published"] | {"batch_size": 9, "xla": True}).items() <= found.items()


def test_a_model_has_the_options_of_its_architecture_as_they_are_written():
    models = {"wide": {"architecture": "fusion_cnn", "options": {"filters": 30}}}
    assert settings_of(models, "wide")["options"] == {"filters": 30}


def test_a_model_can_take_back_the_start_of_the_section():
    models = {"fusion_cnn": {"starts_from": None}, "sequence_cnn": {}}
    found = [settings_of(models, name, starts_from="fusion_cnn") for name in models]
    assert [settings["starts_from"] for settings in found] == [None, "fusion_cnn"]


def test_the_published_protocol_is_the_published_one():
    published = PROTOCOLS["published"]
    assert (published["epochs_per_round"], published["batch_size"]) == (10, 1000)
    assert published["transform"] == "none"
    assert not published["negatives_per_positive"]
    assert all(protocol.keys() == published.keys() for protocol in PROTOCOLS.values())


def test_the_table_of_protocols_is_true():
    text = (ROOT / "config/README.md").read_text(encoding="utf-8")
    names = ("sequence_first", "published", "tutorial", "regression")
    assert f"| key | {' | '.join(f'`{name}`' for name in names)} |\n" in text
    protocols = [PROTOCOLS[name] for name in names]
    for key in protocols[0]:
        cells = [values[key] for values in protocols]
        row = " | ".join(f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in cells)
        row = row.replace("True", "true").replace("False", "false")
        row = row.replace("None", "null")
        assert f"| `{key}` | {row} |\n" in text


def test_the_table_of_options_is_true():
    text = (ROOT / "config/README.md").read_text(encoding="utf-8")
    for name in architectures():
        options = ", ".join(f"`{key}: {value}`" for key, value in filled_options(name, {}).items())
        inputs = ", ".join(architecture_of(name).inputs)
        assert f"| `{name}` | {inputs} | {options or 'none'} |\n" in text


def test_every_key_of_the_config_is_in_its_table():
    text = (ROOT / "config/README.md").read_text(encoding="utf-8")
    for path in (CONFIG_SCHEMA, SAMPLES_SCHEMA):
        for place, _, _ in leaves(load_schema(path)):
            assert (
                f"| `{place.rpartition('.')[2]}`" in text or f"`{place.rpartition('.')[2]}`" in text
            ), place


def test_protocols_hold_valid_values():
    for values in PROTOCOLS.values():
        load_with("training", values)


def numbers(rule: dict, schema: dict, path: tuple = ()):
    """Yield (path, rule) of every key that is a number and need not be whole."""
    if "$ref" in rule:
        rule = schema["$defs"][rule["$ref"].rpartition("/")[2]]
    if "number" in rule.get("type", ()):
        yield path, rule
    for key, inner in rule.get("properties", {}).items():
        yield from numbers(inner, schema, (*path, key))
    if isinstance(rule.get("additionalProperties"), dict):
        yield from numbers(rule["additionalProperties"], schema, (*path, "fusion_cnn"))


def at(content: dict, path: tuple):
    for key in path:
        content = content[key]
    return content


SCHEMA = load_schema(CONFIG_SCHEMA)
NUMBERS = {
    path: rule
    for path, rule in numbers(SCHEMA, SCHEMA)
    # From 0.5 to 0.999, and between 0 and 1: no whole number is in range.
    if path[-1] not in ("confidence", "positive_fraction")
}


@pytest.mark.parametrize("path", NUMBERS, ids=".".join)
def test_a_whole_number_is_as_good_as_one_with_a_point(path):
    rule = NUMBERS[path]
    whole = max(1, int(rule.get("minimum", 0)))
    check_schema(whole, rule, "number")
    content = whole
    for key in reversed(path):
        content = {key: content}
    found = at(numbers_as_floats(content, SCHEMA, SCHEMA), path)
    assert (type(found), found) == (float, whole)


def test_numbers_reach_the_code_as_floats_from_the_config_a_model_and_a_protocol():
    rates = {"learning_rate": 1, "final_learning_rate": 1, "weight_decay": 1, "gradient_clip": 1}
    models = {"fusion_cnn": rates, "sequence_cnn": {"protocol": "published"}}
    config = load_with("training", {"models": models, **rates})
    names = [*models, "section"]
    for name in names:
        settings = config["training"] if name == "section" else settings_of(models, name, **rates)
        assert {type(settings[key]) for key in rates} == {float}, name
    assert load_with("spans", {"max_n_fraction": 0, "min_overlap": 1}) == load_with(
        "spans", {"max_n_fraction": 0.0, "min_overlap": 1.0}
    )
    simulation = load_with("references", {"simulation": {"seed": 1}})["references"]["simulation"]
    assert repr(simulation["islands_per_megabase"]) == "270.0"
    assert simulation["seed"] == 1
    assert repr(simulation["seed"]) == "1"
    assert config["training"]["batch_size"] == 256
    assert repr(config["training"]["negatives_per_positive"]) == "10"


def test_a_whole_number_larger_than_any_float_is_out_of_range():
    with pytest.raises(ConfigError, match=r"learning_rate: 1000.* is out of range; give 10 or les"):
        load_with("training", {"learning_rate": 10**400})


def test_a_preset_gives_what_the_config_does_not():
    config = load({**MINIMAL, "preset": "dream", "spans": {"stride": 100}})
    assert config["spans"]["length"] == 200
    assert config["spans"]["stride"] == 100
    assert config["spans"]["max_n_fraction"] == 0.1
    assert config["splits"]["method"] == "chromosomes"
    assert load({**MINIMAL, "preset": "none"}) == load(MINIMAL)


@pytest.mark.parametrize("name", ["folds", "ensemble", "fold-3", "seed-0"])
def test_models_cannot_have_the_name_of_a_folder_beside_them(name):
    with pytest.raises(ConfigError, match=f"'{name}' is the name of something else"):
        load_with("training", {"models": {name: {"architecture": "fusion_cnn"}}})


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
    config = load(yaml.safe_load(path.read_text()), path.name)
    checked = check_study(config, load_sheet(ROOT / config["samples"]), path.name)
    assert checked["training"]["selection_metric"]
    assert None not in (checked["evaluation"][key] for key in ("called_labels", "learning_curves"))
