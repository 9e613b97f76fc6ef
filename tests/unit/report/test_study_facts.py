"""The facts at the head of a sample say what was trained on what."""

import pandas as pd
from rows import ROW

from cisfuse.config.protocols import PLAIN
from cisfuse.report.study_facts import sample_facts, training_words
from cisfuse.sources.sequences import words as sequences
from cisfuse.sources.spans import words as spans

SETTINGS = {
    "fusion_cnn": {"architecture": "fusion_cnn", "transform": "log", "xla": False, "batch_size": 9},
    "raw": {"architecture": "fusion_cnn", "transform": "none", "xla": False, "batch_size": 9},
}


def test_the_split_says_how_many_blocks_there_are():
    splits = pd.DataFrame({"split": ["train", "valid", "test"], "method": "blocks"})
    words = "contiguous blocks of each chromosome, with gaps between splits"
    assert spans.split_words(splits) == words
    splits = splits.assign(blocks=[15, 4, 5], block_size=50_000)
    assert (
        spans.split_words(splits) == f"{words}; 24 blocks of 50,000 bp: 15 train, 4 valid, 5 test"
    )
    assert spans.split_words(splits.assign(method="as k562")).startswith("as k562; 24 blocks of")


def test_a_scored_sample_says_whose_models_these_are():
    def facts(peak_width=None, **changes):
        row = {**ROW, **changes}
        origin = spans.facts(row, genome="g", length=200, count=7, peak_width=peak_width)
        return dict(sample_facts(row, origin, split="by hand", models="a", training="b"))

    assert "Trained" not in facts()
    assert list(facts())[:2] == ["Factor and cell", "Genome"]
    assert facts()["Split"] == "by hand"
    assert facts()["Spans"] == "200 bp, labelled by the peaks peaks.bed"
    resized = "200 bp, labelled by the peaks peaks.bed, resized to 150 bp"
    assert facts(peak_width=150)["Spans"] == resized
    assert "on the sample k562" in facts(trained_on="k562")["Trained"]
    assert facts(ambiguous="grey.bed")["Left out"] == "unbound spans that touch grey.bed"
    assert facts(peaks="", spans="spans.bed")["Spans"] == "200 bp, given in spans.bed"


def test_the_training_is_told_once_and_models_by_what_differs():
    models, training = training_words(SETTINGS, [0, 1], 20)
    assert models == "fusion CNN, raw (architecture fusion cnn, transform none)"
    assert training == "2 seeds (0, 1), 20 rounds, transform log, xla no, batch size 9"
    assert training_words(SETTINGS, [3], 1)[1].startswith("1 seed (3), 1 round,")


def test_a_setting_that_nobody_changed_needs_no_word():
    said = [
        training_words({name: {**own, "stream": stream} for name, own in SETTINGS.items()}, [0], 20)
        for stream in ("auto", True)
    ]
    assert said[0] == training_words(SETTINGS, [0], 20)
    assert said[1][1].endswith("stream yes")


def test_the_training_on_sequences_has_no_settings_of_accessibility():
    settings = {name: {**own, "sequence_rounds": 8} for name, own in SETTINGS.items()}
    models, training = training_words(settings, [0], 20, ("transform", "sequence_rounds"))
    assert models == "fusion CNN, raw (architecture fusion cnn)"
    assert training == "1 seed (0), 20 rounds, xla no, batch size 9"


def test_what_no_model_changes_is_not_said():
    shared = {**SETTINGS["raw"], **PLAIN, "options": {}}
    settings = {"raw": shared, "wide": {**shared, "options": {"filters": 30, "width": 5}}}
    settings["tuned"] = {**shared, "starts_from": "my_models/a.keras", "gradient_clip": 1}
    models, training = training_words({"raw": shared}, [0], 20)
    assert models == "raw (architecture fusion cnn)"
    assert training == "1 seed (0), 20 rounds, transform none, xla no, batch size 9"
    models, training = training_words(settings, [0], 20)
    assert models == (
        "raw (architecture fusion cnn), "
        "wide (architecture fusion cnn, options filters 30 and width 5), "
        "tuned (architecture fusion cnn, gradient clip 1, starts from my_models/a.keras)"
    )
    assert training.endswith("batch size 9, gradient clip 0, starts from none, options none")


def test_sequences_have_files_and_no_genome():
    row = {**ROW, "peaks": "", "atac": "", "sequences": "s.fa", "labels": ""}
    origin = sequences.facts(row, genome=None, length=50, count=2000)
    facts = dict(sample_facts(row, origin, split="random", models="a", training="b"))
    assert list(facts) == ["Factor and cell", "Sequences", "Split", "Models", "Training"]
    assert facts["Sequences"] == "2,000 of 50 bases, s.fa"
    ((_, text),) = sequences.facts({**row, "labels": "l.tsv"}, genome=None, length=50, count=2000)
    assert text.endswith("s.fa, with the labels of l.tsv")
