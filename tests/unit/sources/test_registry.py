"""What a source is told by, and whether a config fits what its samples are made of."""

import inspect

import pytest
from configs import load

from cisfuse.base.errors import ConfigError
from cisfuse.sources import registry
from cisfuse.sources.registry import (
    check_row,
    file_columns,
    needed_columns,
    part_of,
    source_names,
    source_of,
    study_of,
    with_defaults,
)

ROW = {
    **dict.fromkeys(("peaks", "spans", "atac", "ambiguous", "sequences", "labels"), ""),
    "sample": "a",
    "trained_on": "",
}
GENOMIC = {**ROW, "peaks": "p.bed", "atac": "a.bw"}
SEQUENCES = {**ROW, "sequences": "a.fa"}
BASE = {"study": "s", "samples": "s.tsv"}


def check(row: dict, source: str, **sections) -> None:
    study = part_of(source, "study")
    config = with_defaults(load({**BASE, **sections}), study)
    study.check(config, {"a": row}, "config.yaml")


def test_sources_are_the_folders_that_have_a_study():
    assert source_names() == ["sequences", "spans"]
    for source in source_names():
        assert source == part_of(source, "study").NAME


@pytest.mark.parametrize("part", ["study", "audit", "audit_words", "words", "examples"])
def test_each_source_has_the_names_and_signatures_of_spans(part):
    """Names that start with a capital, and functions, that the workflow may ask for."""
    asked = {
        "study": ("check", "check_row", "refuse"),
        "audit": ("audit_sample",),
        "audit_words": ("is_leaking", "describe_audit", "audit_rows"),
        "words": ("drawn", "few", "facts", "split_words"),
        "examples": ("features", "read_columns"),
    }
    constants = {
        "study": "NAME UNIT UNITS TELLING FILES NEEDED FEATURES GENOME SETTINGS TABLES BASELINES "
        "IDLE DEFAULTS EXAMPLES",
        "audit_words": "LEAKS",
        "words": "UNITS READ NO_INTERVAL HIDDEN SPLIT_METHODS GLOSSARY",
        "examples": "SIGNALS",
    }
    known = part_of("spans", part)
    for source in source_names():
        other = part_of(source, part)
        for name in asked[part]:
            assert inspect.signature(getattr(other, name)) == inspect.signature(
                getattr(known, name)
            ), (source, name)
        for name in constants.get(part, "").split():
            assert type(getattr(other, name)) is type(getattr(known, name)), (source, name)


@pytest.mark.parametrize(
    ("row", "source"),
    [
        (GENOMIC, "spans"),
        ({**ROW, "spans": "s.bed", "atac": "a.bw"}, "spans"),
        ({"spans": "s.bed"}, "spans"),
        (SEQUENCES, "sequences"),
        ({"sequences": "a.fa"}, "sequences"),
        (ROW, "spans"),
        ({**ROW, "labels": "l.tsv"}, "spans"),
    ],
)
def test_a_source_is_told_by_the_columns_that_a_row_fills(row, source):
    assert source == study_of(row).NAME


def test_a_header_needs_the_columns_of_its_source():
    assert needed_columns(["sample", "peaks"]) == ["atac"]
    assert needed_columns(["sample", "sequences"]) == ["sequences"]
    assert needed_columns(["sample"]) == ["atac"]
    assert needed_columns(["sequences", "peaks", "atac"]) == ["sequences"]


def test_every_column_of_files_is_known_once():
    assert file_columns() == ["peaks", "spans", "atac", "ambiguous", "sequences", "labels"]


def test_a_study_is_of_one_source():
    assert source_of({"a": SEQUENCES}, "s.tsv") == "sequences"
    assert source_of({"a": GENOMIC, "b": GENOMIC}, "s.tsv") == "spans"
    with pytest.raises(ConfigError) as caught:
        source_of({"a": SEQUENCES, "b": SEQUENCES, "c": GENOMIC, "d": GENOMIC}, "s.tsv")
    assert str(caught.value) == (
        "s.tsv: sample 'a' is of sequences and sample 'c' of spans; give each kind a study of its "
        "own"
    )


@pytest.mark.parametrize("row", [GENOMIC, {**GENOMIC, "ambiguous": "r.bed"}, SEQUENCES])
def test_rows_whose_files_go_together_are_fine(row):
    check_row(row)
    check_row({**row, "trained_on": "b"})


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({**SEQUENCES, "peaks": "p.bed"}, "^peaks does not go with labelled sequences; leave it"),
        ({**SEQUENCES, "spans": "s.bed"}, "^spans does not go with labelled sequences; leave it"),
        ({**SEQUENCES, "atac": "a.bw"}, "^atac does not go with labelled sequences; leave it"),
        ({**SEQUENCES, "ambiguous": "r.bed"}, "^ambiguous does not go with labelled sequences"),
        ({**GENOMIC, "labels": "l.tsv"}, "^labels go with sequences; name these in the column seq"),
        ({**ROW, "labels": "l.tsv"}, "^labels go with sequences; name these in the column seque"),
        (ROW, "^give either peaks or spans, and leave the other empty; or, without both, labelled"),
        ({**GENOMIC, "spans": "s.bed"}, "^give either peaks or spans, and leave the other empty"),
        ({**GENOMIC, "atac": ""}, "^atac: must not be empty; name a bigWig, a bedGraph or a span"),
        (
            {**ROW, "spans": "s.bed", "atac": "a.bw", "ambiguous": "r.bed"},
            "^ambiguous intervals go with peaks; leave the column empty",
        ),
    ],
)
def test_files_that_do_not_go_together_are_named(row, message):
    with pytest.raises(ConfigError, match=message) as caught:
        check_row(row)
    assert "\n" not in str(caught.value)


def test_a_source_gives_what_a_config_leaves_open():
    config = load({**BASE, "references": {"genome": "g.fa"}})
    keys = ("called_labels", "learning_curves")
    assert [config["evaluation"][key] for key in keys] == [None, None]
    for source, value in (("spans", False), ("sequences", True)):
        filled = with_defaults(config, part_of(source, "study"))
        assert [filled["evaluation"][key] for key in keys] == [value, value]
        assert list(filled["evaluation"]) == list(config["evaluation"])
        assert {**filled, "evaluation": None} == {**config, "evaluation": None}
    assert config["evaluation"]["called_labels"] is None, "the config itself stays"
    given = load({**BASE, "evaluation": {"called_labels": False, "confidence": 0.9}})
    filled = with_defaults(given, part_of("sequences", "study"))["evaluation"]
    assert (filled["called_labels"], filled["learning_curves"]) == (False, True)
    assert filled["confidence"] == 0.9


def test_configs_that_fit_are_fine():
    check(GENOMIC, "spans", references={"genome": "g.fa"})
    check(SEQUENCES, "sequences")
    check(SEQUENCES, "sequences", references={"sequence_simulation": {"seed": 1}})
    check(SEQUENCES, "sequences", references={"reporter_simulation": {"seed": 1}})
    for method in ("auto", "random", "shuffled", "given"):
        check(SEQUENCES, "sequences", splits={"method": method})
    spans = {**ROW, "spans": "s.bed", "atac": "a.bw"}
    check(spans, "spans", references={"genome": "g.fa"}, task="activity")


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({}, "references: the key 'genome' is missing; add it"),
        (
            {"references": {"genome": "g.fa", "sequence_simulation": {"seed": 1}}},
            "references.sequence_simulation goes with labelled sequences, .*; remove it",
        ),
        (
            {"references": {"genome": "g.fa", "reporter_simulation": {"seed": 1}}},
            "references.reporter_simulation goes with labelled sequences, .*; remove it",
        ),
        (
            {"references": {"genome": "g.fa"}, "splits": {"method": "shuffled"}},
            "splits.method: shuffled is for labelled sequences",
        ),
    ],
)
def test_a_genomic_study_needs_a_genome(sections, message):
    with pytest.raises(ConfigError, match=rf"^config\.yaml: {message}"):
        check(GENOMIC, "spans", **sections)


def test_peaks_give_no_activities():
    message = r"^s\.tsv: sample 'a', peaks: peaks give labels, and the task is activity; give spans"
    with pytest.raises(ConfigError, match=message):
        check(GENOMIC, "spans", references={"genome": "g.fa"}, task="activity")


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({"references": {"genome": "g.fa"}}, r"references\.genome: labelled sequences have"),
        ({"references": {"blacklist": "b.bed"}}, r"references\.blacklist: labelled"),
        ({"references": {"simulation": {"seed": 1}}}, r"references\.simulation: labelled"),
        ({"references": {"genome_checksum": f"md5:{'0' * 32}"}}, r"references\.genome_checksum: l"),
        ({"preset": "dream"}, "preset: dream makes bins of a genome, .*; remove it"),
        ({"spans": {"chromosomes": ["chr1"]}}, r"spans\.chromosomes: labelled sequences have no"),
        (
            {"splits": {"chromosomes": {"test": ["chr1"]}}},
            r"splits\.chromosomes: labelled .* give each a split, in their file",
        ),
        ({"splits": {"method": "blocks"}}, r"splits\.method: blocks needs places"),
        ({"splits": {"method": "chromosomes"}}, r"splits\.method: chromosomes needs places"),
        ({"splits": {"folds": 5}}, r"splits\.folds: folds are made by place"),
        ({"interpretation": {"spans": ["chr1:1-51"]}}, r"interpretation\.spans: labelled"),
        (
            {"interpretation": {"variants": ["chr1:5:A>G"]}},
            r"interpretation\.variants: labelled sequences have no place",
        ),
    ],
)
def test_labelled_sequences_have_no_place(sections, message):
    with pytest.raises(ConfigError, match=rf"^config\.yaml: {message}") as raised:
        check(SEQUENCES, "sequences", **sections)
    assert "\n" not in str(raised.value)


def test_models_are_not_scored_on_other_sequences():
    with pytest.raises(ConfigError, match=r"s\.tsv: sample 'a', trained_on: models are scored on"):
        check({**SEQUENCES, "trained_on": "b"}, "sequences")


def test_modules_are_named_for_digests_as_they_are_imported():
    for source in source_names():
        for part in (*registry.PARTS, "audit_words"):
            assert registry.module_of(source, part) == part_of(source, part).__name__
