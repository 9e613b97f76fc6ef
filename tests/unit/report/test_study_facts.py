"""The facts at the head of a sample say what was trained on what."""

from rows import ROW

from cisfuse.report.study_facts import sample_facts, training_words

SETTINGS = {
    "fusion_cnn": {"architecture": "fusion_cnn", "transform": "log", "xla": False, "batch_size": 9},
    "raw": {"architecture": "fusion_cnn", "transform": "none", "xla": False, "batch_size": 9},
}


def test_a_scored_sample_says_whose_models_these_are():
    def facts(**changes):
        row = {**ROW, **changes}
        return dict(
            sample_facts(row, genome="g", span_length=200, method="m", models="a", training="b")
        )

    assert "Trained" not in facts()
    assert facts()["Spans"] == "200 bp, labelled by the peaks peaks.bed"
    assert "on the sample k562" in facts(trained_on="k562")["Trained"]
    assert facts(ambiguous="grey.bed")["Left out"] == "unbound spans that touch grey.bed"
    assert facts(peaks="", spans="spans.bed")["Spans"] == "200 bp, with the labels of spans.bed"


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
    models, training = training_words(settings, [0], 20, sequences=True)
    assert models == "fusion CNN, raw (architecture fusion cnn)"
    assert training == "1 seed (0), 20 rounds, xla no, batch size 9"


def test_sequences_have_files_and_no_genome():
    row = {**ROW, "peaks": "", "atac": "", "sequences": "s.fa", "labels": ""}
    words = {"models": "a", "training": "b", "genome": None, "span_length": 50, "count": 2000}
    facts = dict(sample_facts(row, method="stratified", **words))
    assert list(facts) == ["Factor and cell", "Sequences", "Split", "Models", "Training"]
    assert facts["Sequences"] == "2,000 of 50 bases, s.fa"
    assert facts["Split"].startswith("random, with the same share of positives")
    facts = dict(sample_facts({**row, "labels": "l.tsv"}, method="given", **words))
    assert facts["Sequences"].endswith("s.fa, with the labels of l.tsv")
    assert facts["Split"] == "given with the sequences"
