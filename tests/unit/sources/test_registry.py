"""Whether a config fits what its samples are made of."""

import pytest
from configs import load

from cisfuse.base.errors import ConfigError
from cisfuse.sources.registry import check_source, examples_of, of_sequences

GENOMIC = {"sample": "a", "sequences": "", "trained_on": ""}
SEQUENCES = {"sample": "a", "sequences": "a.fa", "trained_on": ""}
MODELS = {"training": {"models": {"tfbs_cnn": {}}}}
BASE = {"study": "s", "samples": "s.tsv"}


def check(samples, **sections):
    named = {sample["sample"]: sample for sample in samples}
    check_source(load({**BASE, **sections}), named, "config.yaml")


def test_a_study_is_of_one_kind():
    assert of_sequences({"a": SEQUENCES})
    assert not of_sequences({"a": GENOMIC})
    assert examples_of({"a": SEQUENCES}) == "labelled sequences"
    assert examples_of({"a": GENOMIC}) == "spans"
    with pytest.raises(ConfigError, match=r"s\.tsv: sample 'a' has labelled sequences and others"):
        check([SEQUENCES, {**GENOMIC, "sample": "b"}], references={"genome": "g.fa"})


def test_configs_that_fit_are_fine():
    check([GENOMIC], references={"genome": "g.fa"})
    check([SEQUENCES], **MODELS)
    check([SEQUENCES], **MODELS, references={"sequence_simulation": {"seed": 1}})
    for method in ("auto", "random", "shuffled", "given"):
        check([SEQUENCES], **MODELS, splits={"method": method})


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({}, "references: the key 'genome' is missing; add it"),
        (
            {"references": {"genome": "g.fa", "sequence_simulation": {"seed": 1}}},
            "references.sequence_simulation goes with labelled sequences",
        ),
        (
            {"references": {"genome": "g.fa"}, "splits": {"method": "shuffled"}},
            "splits.method: shuffled is for labelled sequences",
        ),
    ],
)
def test_a_genomic_study_needs_a_genome(sections, message):
    with pytest.raises(ConfigError, match=message):
        check([GENOMIC], **sections)


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        (
            {"references": {"genome": "g.fa"}},
            r"references\.genome: labelled sequences have",
        ),
        ({"references": {"blacklist": "b.bed"}}, r"references\.blacklist: labelled"),
        ({"references": {"simulation": {"seed": 1}}}, r"references\.simulation: labelled"),
        ({"references": {"genome_checksum": f"md5:{'0' * 32}"}}, r"genome_checksum: labelled"),
        ({"preset": "dream"}, "preset: dream makes bins of a genome, .*; remove it"),
        ({"spans": {"chromosomes": ["chr1"]}}, r"spans\.chromosomes: labelled sequences have no"),
        (
            {"splits": {"chromosomes": {"test": ["chr1"]}}},
            r"splits\.chromosomes: labelled .* give each a split, in their file",
        ),
        ({"splits": {"method": "blocks"}}, r"splits\.method: blocks needs places"),
        ({"splits": {"folds": 5}}, r"splits\.folds: folds are made by place"),
        ({"interpretation": {"spans": ["chr1:1-51"]}}, r"interpretation\.spans: labelled"),
        (
            {"interpretation": {"variants": ["chr1:5:A>G"]}},
            r"interpretation\.variants: labelled sequences have no place",
        ),
    ],
)
def test_labelled_sequences_have_no_place(sections, message):
    with pytest.raises(ConfigError, match=r"^config\.yaml: .*" + message) as raised:
        check([SEQUENCES], **{**MODELS, **sections})
    assert "\n" not in str(raised.value)


def test_models_are_not_scored_on_other_sequences():
    with pytest.raises(ConfigError, match=r"s\.tsv: sample 'a', trained_on: models are scored on"):
        check([{**SEQUENCES, "trained_on": "b"}], **MODELS)
