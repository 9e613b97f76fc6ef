"""What --config gives has the types of a config file, and messages name it."""

import pytest
from configs import CONFIG_SCHEMA, MINIMAL, check_study, load
from snakemake.cli import parse_config
from snakemake.utils import update_config

from cisfuse.base.errors import ConfigError
from cisfuse.config.options import name_options, typed
from cisfuse.config.schemas import load_schema

SCHEMA = load_schema(CONFIG_SCHEMA)
ROW = {"sample": "a", "factor": "JUND", "cell": "K562", "peaks": "p.bed", "atac": "a.bw"}
SAMPLES = {"a": {**dict.fromkeys(("spans", "sequences", "labels", "trained_on"), ""), **ROW}}


def options(*entries: str) -> dict:
    """What a config gets of entries of the command line."""
    return typed(parse_config(entries), SCHEMA)


def test_values_have_the_types_that_a_config_file_would_give():
    given = options(
        "study=mine",
        "training={rounds: 3, learning_rate: 1e-3, seeds: [0, 1], xla: true, starts_from: null,"
        " protocol: null, stream: true, models: {fusion_cnn: {options: {filters: 30}}}}",
        "spans={chromosomes: [22], max_n_fraction: 1}",
        "references={genome: null, blacklist: '22'}",
        "splits={fractions: {train: 0.8}}",
    )
    assert given["training"] == {
        "rounds": 3,
        "learning_rate": 0.001,
        "seeds": [0, 1],
        "xla": True,
        "starts_from": None,
        "protocol": None,
        "stream": True,
        "models": {"fusion_cnn": {"options": {"filters": 30}}},
    }
    assert given["spans"] == {"chromosomes": ["22"], "max_n_fraction": 1}
    assert given["references"] == {"genome": None, "blacklist": "22"}
    assert given["splits"] == {"fractions": {"train": 0.8}}
    assert given["study"] == "mine"
    load({**MINIMAL, **options("training={rounds: 3, learning_rate: 1e-3}")})


def place_named(config: dict, *entries: str) -> str:
    """Where the message on a mistake says that it is."""
    given = options(*entries)
    content = {**MINIMAL, **config}
    update_config(content, given)
    with pytest.raises(ConfigError) as raised:
        check_study(load(content), SAMPLES, "config.yaml")
    named = name_options(str(raised.value), "config.yaml", given)
    assert named.split(": ", 1)[1] == str(raised.value).split(": ", 1)[1]
    return named.split(": ")[0]


@pytest.mark.parametrize(
    ("config", "entries", "place"),
    [
        ({}, ["study=my study"], "--config"),
        ({}, ["spans={length: 3}"], "--config"),
        ({}, ["spnas=1"], "--config"),
        ({}, ["spans={lenght: 3}"], "--config"),
        ({}, ["training={models: {fusion_cnn: {rate: 1}}}"], "--config"),
        ({}, ["training={models: {fusion_cnn: {learning_rate: 100}}}"], "--config"),
        ({}, ["interpretation={models: [fusion]}"], "--config"),
        ({}, ["splits={folds: 2}"], "--config"),
        ({}, ["splits={method: shuffled}"], "--config"),
        ({}, ["training={selection_metric: pearson}"], "--config"),
        ({}, ["preset=draem"], "--config"),
        ({}, ["spans="], "--config"),
        ({}, ["spans={length: 2020-13-45}"], "--config"),
        # Between keys of which the command line gave some.
        ({}, ["splits={fractions: {train: 0.5, valid: 0.4, test: 0.4}}"], "both"),
        ({}, ["training={weight_decay: 0.1}"], "both"),
        ({"spans": {"length": 10}}, ["interpretation={motifs: [TGACTCATGACTCA]}"], "--config"),
        # The mistake is in the file, whatever else was given.
        ({"training": {"rounds": 0}}, ["training={batch_size: 5}"], "config.yaml"),
        ({"training": {"roundz": 1}}, ["training={rounds: 5}"], "config.yaml"),
        ({"spnas": {}}, ["study=other"], "config.yaml"),
        ({"splits": {"folds": 2}}, ["study=other", "task=binding"], "config.yaml"),
        ({"spans": {"length": 3}}, [], "config.yaml"),
    ],
)
def test_a_message_names_where_the_value_was_given(config, entries, place):
    expected = "config.yaml and --config" if place == "both" else place
    assert place_named(config, *entries) == expected


def test_a_message_of_another_place_stays():
    message = "samples.tsv: line 2: the column 'cell' is missing"
    assert name_options(message, "config.yaml", {"samples": "samples.tsv"}) == message


@pytest.mark.parametrize(
    ("given", "message", "expected"),
    [
        ({}, "a.yaml: training.rounds: 'x' is", "a.yaml: training.rounds: 'x' is"),
        (
            {"training": {"rounds": "x"}},
            "a.yaml: training.rounds: 'x' is",
            "--config: training.rou",
        ),
        ({"training": {"rounds": 3}}, "a.yaml: training.seeds: [] must", "a.yaml: training.seeds:"),
        ({"samples": "b.tsv"}, "a.yaml: samples: 1 is not", "--config: samples: 1 is not"),
        ({"training": "x"}, "a.yaml: training: 'x' is not", "--config: training: 'x' is not"),
        ({"samples": "b.tsv"}, "b.tsv: line 2: too few", "b.tsv: line 2: too few"),
    ],
)
def test_a_message_names_config_where_the_value_came_from_there(given, message, expected):
    assert name_options(message, "a.yaml", given).startswith(expected)
