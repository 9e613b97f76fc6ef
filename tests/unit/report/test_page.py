"""The page holds the tables' numbers, needs no other file, and is sound HTML."""

import base64
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from plain_explanations import make_closed, make_tables
from plain_scores import READS, SHIFTS, Scores, simulate_predictions
from rows import ROW

from cisfuse.base.wording import name_of
from cisfuse.evaluation.entries import read_scores, scored_entries
from cisfuse.interpretation.figures import FIGURES, NEED_MOTIFS, figures_of
from cisfuse.report.course import Training
from cisfuse.report.explanation_page import explain
from cisfuse.report.page import (
    Section,
    judge,
    render_page,
    reproduce,
    study_rows,
    terms_of,
)
from cisfuse.report.pages import picture
from cisfuse.report.study_facts import sample_facts
from cisfuse.report.tables import absent_rows, columns_of, score_note, score_rows, split_rows
from cisfuse.sources.sequences import audit_words as sequence_audit
from cisfuse.sources.sequences import words as sequences
from cisfuse.sources.spans import audit_words as span_audit
from cisfuse.sources.spans import words as spans
from cisfuse.tasks.activity import words as activity
from cisfuse.tasks.binding import words as binding

TEMPLATE = Path(__file__).resolve().parents[3] / "workflow" / "report" / "page.html.j2"
VOID = {"meta", "img", "br"}
SPANS = terms_of(binding, spans, ["sequence", "accessibility"])
SEQUENCES = terms_of(binding, sequences, ["sequence"])
REPORTERS = terms_of(activity, sequences, ["sequence"])


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scores")
    scores = Scores(simulate_predictions(SHIFTS, spans=600), replicates=10)
    scores.write(folder, "fusion_cnn")
    return {
        name: read_scores(folder / f"{name}.tsv")
        for name in ("metrics", "comparisons", "bootstrap")
    }


@pytest.fixture(scope="module")
def png(tmp_path_factory):
    path = tmp_path_factory.mktemp("figures") / "figure.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\nnot a picture")
    return path


@pytest.fixture
def audit():
    rows = [
        ("test_positives_next_to_train_positive", 88, 100, 0.88),
        ("neighbour_lookup_roc_auc", 1500, 2000, 0.96),
        ("duplicate_positives", 0, 0, np.nan),
    ]
    return pd.DataFrame(rows, columns=["check", "count", "of", "value"])


def make_page(tables, png, audit, folds=0, samples=("hepg2",), explanation=None, **circumstances):
    kinds = [figure.name for figure in binding.FIGURES]
    circumstances = {"simulated": False, "leaks": "", **circumstances}
    names = [*samples, *(f"{sample}/folds" for sample in samples if folds)]
    scores = {
        name: judge(
            tables,
            READS,
            "fusion_cnn",
            f"JUND: {name}",
            dict.fromkeys(kinds, png),
            SPANS,
            **circumstances,
        )
        for name in names
    }
    splits = pd.DataFrame(
        [["train", "blocks", 1234567.0, 890.0, 0.00072]],
        columns=["split", "method", "spans", "positives", "prevalence"],
    )
    origin = spans.facts(ROW, genome="chr22.fa", length=101, count=2000)
    facts = sample_facts(ROW, origin, split="by blocks", models="a", training="b")
    sections = [
        Section(
            sample,
            "JUND in <HepG2>",
            facts,
            split_rows(splits, binding),
            scores[sample],
            span_audit.audit_rows(audit),
            "What was found.",
            scores.get(f"{sample}/folds"),
            explanation,
        )
        for sample in samples
    ]
    several = len(scores) > 1
    return render_page(
        TEMPLATE,
        SPANS,
        study="jund",
        simulated=circumstances["simulated"],
        version="1.2.3",
        folds=folds,
        overview=study_rows(scores, folds, SPANS) if several else [],
        summary=picture(png, "Scores", "") if several else None,
        sections=sections,
    )


class Outline(HTMLParser):
    """Nesting, attributes and the texts of table cells of a page."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.tables, self.attributes = [], [], [], []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in ("td", "th"):
            self.tables[-1][-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if {"td", "th"} & set(self.open):
            self.tables[-1][-1][-1] += data

    def rows(self, number):
        return [[" ".join(cell.split()) for cell in row] for row in self.tables[number]]


def test_the_page_is_sound_html_and_needs_no_other_file(tables, png, audit):
    page = make_page(tables, png, audit, folds=5, samples=("hepg2", "k562"))
    assert page.startswith("<!DOCTYPE html>\n")
    outline = Outline(page)
    assert outline.attributes[0] == ("html", {"lang": "en"})
    assert {"title", "main", "h1", "h2", "footer"} <= set(outline.tags)
    assert not {"script", "link", "iframe"} & set(outline.tags)
    assert "http" not in page
    data = base64.b64encode(png.read_bytes()).decode()
    images = [attributes for tag, attributes in outline.attributes if tag == "img"]
    assert len(images) == 1 + 2 * (4 + 4)
    for attributes in images:
        assert attributes["src"] == f"data:image/png;base64,{data}"
        assert attributes["alt"].strip()


def test_the_page_says_why_with_the_numbers_of_the_tables(tables, png, audit):
    models = {"fusion_cnn": make_tables(), "sequence_cnn": make_tables(failed=1)}
    figures = dict.fromkeys((figure.name for figure in FIGURES), png)
    reads = {name: ["sequence", "accessibility"] for name in ("fusion_cnn", "matrix_regression")}
    explanation = explain(models, figures, "JUND in HepG2", closed=make_closed(), reads=reads)
    outline = Outline(page := make_page(tables, png, audit, explanation=explanation))
    images = [attributes for tag, attributes in outline.attributes if tag == "img"]
    assert len(images) == 4 + len(FIGURES)
    assert any("Motifs in the attributions. fusion CNN" in each["alt"] for each in images)
    both, motifs, closed, methods = (outline.rows(number) for number in (-4, -3, -2, -1))
    assert [row[0] for row in both[1:]] == ["fusion CNN", "sequence CNN"]
    assert closed[1] == ["fusion CNN", "0.41", "0.38", "2 of 235", "0 of 6"]
    assert "the matrix regression 5 and 1" in page
    assert "is a tendency, not a rule" in page
    assert "Worse than a scan: gradient" in page
    assert "below it: gradient." in page
    assert methods[3][:2] == ["scan with the factor's matrices (no model)", "0.878"]
    assert motifs[1][1:4] == ["TGACTCA", "209", "FOS::JUND (MA1141.2)"]
    assert methods[2][:2] == ["in-silico mutagenesis (pictures, motifs)", "0.898"]
    assert "Why the fusion CNN decides as it does" in page
    assert "FAILED" not in page
    failed = explain({"fusion_cnn": models["sequence_cnn"]}, figures, "JUND in HepG2")
    page = make_page(tables, png, audit, explanation=failed)
    assert "Failed: in-silico mutagenesis." in page
    assert '<tr class="main failed">' in page
    assert "Why the" not in make_page(tables, png, audit)


def test_the_page_says_whose_models_explain_a_sample_that_nothing_was_trained_on(
    tables, png, audit
):
    def page_of(**origin):
        figures = dict.fromkeys((figure.name for figure in FIGURES), png)
        explanation = explain({"fusion_cnn": make_tables()}, figures, "JUND in K562", **origin)
        return make_page(tables, png, audit, explanation=explanation)

    page = page_of(trained_on="hepg2")
    assert "Explained with the models trained on hepg2. The spans are this sample" in page
    assert len(Outline(page).tags) == len(Outline(page_of()).tags) + 1
    assert "Explained with" not in page_of()


def test_figures_that_need_a_motif_are_left_out_without_one(tables, png, audit):
    figures = dict.fromkeys((figure.name for figure in FIGURES), png)
    found = make_tables()
    note = "No motif is planted or looked for, since JASPAR has no matrix of EP300."
    without = replace(found, choice={**found.choice, "motifs_note": note})
    explanation = explain({"one": without, "two": without}, figures, "EP300 in HepG2")
    page = make_page(tables, png, audit, explanation=explanation)
    assert page.count(note) == 1
    outline = Outline(page)
    images = [attributes for tag, attributes in outline.attributes if tag == "img"]
    assert len(images) == 4 + len(FIGURES) - len(NEED_MOTIFS)
    assert "closed chromatin" not in page[page.index("Why the one") :]


def test_a_baseline_that_is_not_available_has_its_reason_in_place_of_scores(tables, png, audit):
    reason = "JASPAR has no matrix of the factor"
    absent = {"jaspar_best_match": reason}
    rows = Outline(make_page(tables, png, audit, absent=absent)).rows(1)
    assert rows[-1][0] == name_of("jaspar_best_match")
    assert rows[-1][-1] == f"not available: {reason}"
    assert len(rows[-1]) == 3
    assert rows[:-1] == Outline(make_page(tables, png, audit)).rows(1)
    (row,) = absent_rows(absent, {"jaspar_best_match": ["sequence"]})
    assert (row.reads, row.cells) == ("sequence", [])


def test_the_page_of_labelled_sequences_says_nothing_of_chromatin(tables, png, audit):
    figures = dict.fromkeys(figures_of(["sequence"], []), png)
    models = {name: make_tables() for name in ("one", "two")}
    explanation = explain(models, figures, "sequences")
    page = make_page(tables, png, audit, explanation=explanation)
    outline = Outline(page)
    images = [attributes for tag, attributes in outline.attributes if tag == "img"]
    assert len(images) == 4 + len(figures)
    assert "closed chromatin" not in page[page.index("Why the one") :]
    both = outline.rows(-3)
    assert [len(row) for row in both] == [6] * 3


def test_explanations_of_labelled_sequences_call_them_so(sequence_tables, png):
    figures = dict.fromkeys(figures_of(["sequence"], ["deletion"]), png)
    models = {name: make_tables() for name in ("one", "two")}
    explanation = explain(models, figures, "motif in sequences", "sequence")
    page = make_sequence_page(sequence_tables, png, {}, explanation=explanation)
    body = page.partition("<body>")[2]
    assert not re.findall(r"\bspans?\b", re.sub(r"</?span[^>]*>", "", body))
    assert "The ends of a sequence." in body
    assert "bound test sequences" in body


def test_names_of_the_user_are_escaped(tables, png, audit):
    page = make_page(tables, png, audit)
    assert "JUND in &lt;HepG2&gt;" in page
    assert "<HepG2>" not in page


def test_the_table_of_scores_has_the_numbers_of_every_entry(tables, png, audit):
    rows = Outline(make_page(tables, png, audit)).rows(1)
    entries = scored_entries(tables["metrics"])
    assert len(rows) == 1 + len(entries) == 7
    assert len({len(row) for row in rows}) == 1
    main, ensemble = rows[1], rows[2]
    first = entries.iloc[0]
    assert main[:2] == ["fusion CNNmean of 2 seeds", "both"]
    assert ensemble[0] == "fusion CNNensemble of 2 seeds"
    assert main[2] == (
        f"{first['average_precision']:.3f} \N{PLUS-MINUS SIGN} "
        f"{first['average_precision_sd']:.3f} [{first['average_precision_low']:.3f}, "
        f"{first['average_precision_high']:.3f}]"
    )
    assert [row[1] for row in rows[3:]] == ["sequence", "accessibility", "nothing", "not stated"]


def test_the_best_of_a_column_is_marked_and_what_is_written_alike_is_best_alike(tables):
    entries = scored_entries(tables["metrics"])
    entries.loc[3, "roc_auc"] = entries["roc_auc"].max() - 1e-9
    entries["brier_skill"] = np.nan
    entries["recall_at_fdr_10"] = 0.0
    columns = columns_of(binding, ())
    rows = score_rows(entries, READS, "fusion_cnn", columns)
    for column, (metric, digits) in enumerate((each.metric, each.digits) for each in columns):
        values = entries[metric]
        best = [row.cells[column].best for row in rows]
        shown = values.round(digits)
        differ = shown.nunique() > 1
        assert best == ((shown == shown.max()) & differ).tolist()
    assert [row.cells[-1].text for row in rows] == ["\N{EN DASH}"] * len(rows)
    assert [row.main for row in rows] == [True, *[False] * 5]
    assert [row.begins for row in rows] == [True, False, False, True, False, True]


def test_simulated_data_and_leaks_are_said(tables, png, audit):
    page = make_page(tables, png, audit, simulated=True, leaks=SPANS.fill(span_audit.LEAKS))
    assert "(simulated data)</title>" in page
    assert "says nothing about a real factor. The split leaks: positives of test" in page
    assert "The split leaks" in page
    page = make_page(tables, png, audit)
    assert "simulated" not in page
    assert "The split leaks" not in page


def test_folds_have_their_own_table_and_sentence(tables, png, audit):
    page = make_page(tables, png, audit, folds=5)
    assert "JUND: hepg2/folds: fusion CNN, ensemble (" in page
    assert "5 folds pooled" in page
    outline = Outline(page)
    captions = re.findall(r"<caption>(.*?)</caption>", page)
    assert captions[-1] == "Scores pooled over 5 folds: every span is tested once"
    overview = outline.rows(0)
    assert [row[0] for row in overview[1:]] == ["hepg2"] * 2 + ["hepg2, 5 folds pooled"] * 2
    assert outline.rows(2) == outline.rows(4)
    assert "folds" not in make_page(tables, png, audit)


def test_the_overview_has_the_paired_differences(tables, png, audit):
    rows = Outline(make_page(tables, png, audit, samples=("hepg2", "k562"))).rows(0)
    pairs = tables["comparisons"].query("model == 'fusion_cnn/ensemble'")
    pairs = pairs.query("other == 'raw_accessibility'").set_index("metric")
    assert [row[1] for row in rows[1:3]] == ["Average precision", "ROC-AUC"]
    for row, metric in zip(rows[1:3], ("average_precision", "roc_auc"), strict=True):
        assert row[3].startswith("raw accessibility ")
        plain = [text.replace("\N{MINUS SIGN}", "-") for text in row[4:]]
        bounds = [float(number) for number in plain[1].split(" to ")]
        found = pairs.loc[metric]
        assert float(plain[0]) == pytest.approx(found["difference"], abs=6e-4)
        assert bounds == pytest.approx([found["low"], found["high"]], abs=6e-4)


def test_the_note_names_what_intervals_rest_on(tables):
    entries = scored_entries(tables["metrics"])
    note = score_note(entries, tables["bootstrap"], binding, spans)
    rest = "12 blocks of 500,000 bp, 12 of them with positives"
    assert f"95 % interval over 10 bootstrap draws of {rest}." in note
    assert "too narrow" not in note
    few = tables["bootstrap"].assign(informative=3.0)
    assert "too narrow" in score_note(entries, few, binding, spans)
    assert "standard deviation over the seeds" in note
    bare = entries.assign(average_precision_low=np.nan, average_precision_sd=np.nan)
    note = score_note(bare, tables["bootstrap"].assign(blocks=1.0), binding, spans)
    assert "No intervals: 1 blocks of 500,000 bp" in note
    assert "standard deviation" not in note


SEQUENCE_ROW = {**ROW, "peaks": "", "atac": "", "sequences": "s.txt", "labels": "l.txt"}


@pytest.fixture
def sequence_tables(tables):
    """The tables of a study of sequences, which have no blocks; labels score as ranks do."""
    seeds = tables["metrics"].query("split == 'test'")[
        ["model", "seed", "roc_auc", "average_precision"]
    ]
    pairs = pd.concat(
        tables["comparisons"].assign(convention=name, seeds=which)
        for name in ("scores", "labels")
        for which in ("all", "learned")
    )
    return {
        **tables,
        "bootstrap": tables["bootstrap"].drop(columns="block_size").assign(blocks=600.0),
        "called_labels": seeds.assign(learned=1),
        "convention_comparisons": pairs,
    }


def make_sequence_page(tables, png, published, search="A search.", explanation=None):
    reads = {**READS, "fusion_cnn": ["sequence"]}
    scores = judge(
        tables,
        reads,
        "fusion_cnn",
        "motif in sequences",
        dict.fromkeys((figure.name for figure in binding.FIGURES), png),
        SEQUENCES,
        simulated=True,
        leaks="",
    )
    origin = sequences.facts(SEQUENCE_ROW, genome=None, length=50, count=2000)
    split = SEQUENCES.fill(sequences.SPLIT_METHODS["stratified"])
    facts = sample_facts(SEQUENCE_ROW, origin, split=split, models="a", training="b")
    audit = pd.DataFrame(
        [("duplicate_sequences", 3, 500, 0.006), ("near_duplicate_sequences", 4, 500, 0.008)],
        columns=["check", "count", "of", "value"],
    )
    section = Section(
        "planted",
        "motif in sequences",
        facts,
        [],
        scores,
        sequence_audit.audit_rows(audit),
        "Sequences have no place.",
        explanation=explanation,
        search=search,
        reproduction=reproduce(tables, ["fusion_cnn", "sequence_cnn"], published),
        course=Training(
            ["Model", "Round kept"],
            [["fusion CNN", "3 of 3"]],
            ["fusion CNN may be undertrained: raise it."],
            [picture(png, "Rounds", "Scores."), picture(png, "Learning", "Curves.")],
        ),
    )
    return render_page(
        TEMPLATE,
        SEQUENCES,
        study="tfbs",
        simulated=True,
        version="1",
        folds=0,
        overview=[],
        summary=None,
        sections=[section],
    )


def test_a_page_of_sequences_speaks_of_no_genome(sequence_tables, png):
    page = make_sequence_page(sequence_tables, png, {})
    body = page.partition("<body>")[2].replace("raw accessibility", "")
    for word in ("chromatin", "genome.", "Accessibility", "blocks", "peak"):
        assert not re.search(rf"\b{word}\b|spans", body), word
    assert "predicted from sequence alone." in page
    assert "2,000 of 50 bases, s.txt, with the labels of l.txt" in page
    assert "the same share of positives in each split" in page
    assert "the best other entry" in page
    assert "fusion CNN may be undertrained: raise it." in page
    assert "A search." in page
    assert "simulated data" in page
    outline = Outline(page)
    images = [attributes for tag, attributes in outline.attributes if tag == "img"]
    assert len(images) == 6
    assert outline.rows(3) == [["Model", "Round kept"], ["fusion CNN", "3 of 3"]]
    assert outline.rows(4) == [
        ["Test sequences that are also in train", "3 of 500 (0.6 %)"],
        [
            "Test sequences that differ from one of train in at most 10 % of the places",
            "4 of 500 (0.8 %)",
        ],
    ]


def test_conventions_stand_in_a_table_and_published_figures_beside_them(sequence_tables, png):
    page = make_sequence_page(sequence_tables, png, {})
    assert "<h3>Scores in two conventions</h3>" in page
    published = {"fusion_cnn": {"convention": "labels", "roc_auc": 0.5, "source": "<a book>"}}
    page = make_sequence_page(sequence_tables, png, published)
    assert "<h3>Reproduction</h3>" in page
    assert "Published (&lt;a book&gt;): fusion CNN from arg-max labels." in page
    assert "From continuous scores sequence CNN is" in page
    rows = Outline(page).rows(2)
    seeds = sequence_tables["called_labels"].query("model == 'fusion_cnn'")
    values = seeds.loc[seeds["seed"].isin(["0", "1"]), "roc_auc"]
    expected = f"{values.mean():.4f} ({values.min():.4f} to {values.max():.4f})"
    assert rows[2][:4] == ["fusion CNN", "arg-max labels", expected, "0.5: below"]
    assert len(rows) == 5


def test_the_note_of_sequences_speaks_of_them(sequence_tables):
    entries = scored_entries(sequence_tables["metrics"])
    note = score_note(entries, sequence_tables["bootstrap"], binding, sequences)
    assert "bootstrap draws of 600 sequences, 12 of them positive." in note
    assert note.startswith("600 sequences, ")
    for word in ("blocks", "bp", "peaks", "spans"):
        assert word not in note
    grouped = score_note(
        entries, sequence_tables["bootstrap"].assign(blocks=200.0), binding, sequences
    )
    assert "200 random groups of sequences, 12 of them with positives." in grouped


ACTIVITY_READS = {"net": ["sequence"], "kmer_ridge": ["sequence"], "mean": []}


def activity_tables(low: float = -0.3) -> dict[str, pd.DataFrame]:
    """Scores of a network, a ridge and the mean, as score_predictions writes them."""
    scores = {
        "net": dict(zip(activity.METRIC_NAMES, (0.912, 0.9, 0.2004, 0.3, 0.8), strict=True)),
        "kmer_ridge": dict(zip(activity.METRIC_NAMES, (0.8, 0.91, 0.4, 0.3, 0.6), strict=True)),
        "mean": dict(zip(activity.METRIC_NAMES, (np.nan, np.nan, 1, 0.9, -0.01), strict=True)),
    }
    rows, compared = [], []
    for model, values in scores.items():
        counted = {"spans": 500, "mean": 1.25, "standard_deviation": 2.0}
        ends = {f"{name}_low": value - 0.1 for name, value in values.items()}
        ends |= {f"{name}_high": value + 0.1 for name, value in values.items()}
        ends |= {f"{name}_sd": np.nan for name in values}
        seed = "0" if model == "net" else ""
        row = {"model": model, "seed": seed, "split": "test", **counted, **values, **ends}
        rows.append(row)
        for metric in activity.JUDGED if model != "net" else ():
            difference = scores["net"][metric] - values[metric]
            compared.append(("net", model, metric, difference, low, -0.1))
    bootstrap = {"blocks": 500, "informative": 500, "replicates": 100, "confidence": 0.95}
    names = ["model", "other", "metric", "difference", "low", "high"]
    return {
        "metrics": pd.DataFrame(rows),
        "comparisons": pd.DataFrame(compared, columns=names),
        "bootstrap": pd.DataFrame([bootstrap]),
    }


def judge_activity(png, **circumstances):
    figures = dict.fromkeys((figure.name for figure in activity.FIGURES), png)
    circumstances = {"simulated": True, "leaks": "", **circumstances}
    tables = activity_tables()
    place = "MPRA in K562 (test split)"
    return judge(tables, ACTIVITY_READS, "net", place, figures, REPORTERS, **circumstances)


def test_a_page_of_activities_speaks_of_errors_and_correlations(png):
    scores = judge_activity(png)
    assert scores.verdict.startswith("MPRA in K562 (test split): net (sequence only) is beaten by ")
    assert "but beats it in mean squared error (0.200 against 0.400 of k-mer ridge;" in (
        scores.verdict
    )
    assert scores.verdict.endswith("says nothing about a real assay.")
    splits = pd.DataFrame(
        [["train", "given", 1500.0, 1.25, 2.0]],
        columns=["split", "method", "spans", "mean", "standard_deviation"],
    )
    audit = pd.DataFrame(
        [("duplicate_sequences", 3, 500, 0.006), ("duplicate_example_sequences", 3, 500, 0.006)],
        columns=["check", "count", "of", "value"],
    )
    section = Section(
        "reporters",
        "MPRA in K562",
        [],
        split_rows(splits, activity),
        scores,
        sequence_audit.audit_rows(audit),
        "Sequences have no place.",
    )
    page = render_page(
        TEMPLATE,
        REPORTERS,
        study="mpra",
        simulated=True,
        version="1",
        folds=0,
        overview=[],
        summary=None,
        sections=[section],
    )
    assert "<title>mpra: activity (simulated data)</title>" in page
    assert "A measured activity, predicted from sequence alone." in page
    body = page.partition("<body>")[2]
    for word in ("positive", "prevalence", "bound", "logit", "binding", "precision"):
        assert not re.search(rf"\b{word}s?\b", body), word
    outline = Outline(page)
    first, table, audited = (outline.rows(number) for number in range(3))
    assert first == [
        ["Split", "Sequences", "Mean", "Standard deviation"],
        ["train", "1,500", "1.25", "2"],
    ]
    assert table[0][2:] == [column.heading for column in activity.COLUMNS]
    assert table[1][:3] == ["net", "sequence", "0.912 [0.812, 1.012]"]
    assert table[3][2] == "\N{EN DASH}"
    assert audited == [["Test sequences that are also in train", "3 of 500 (0.6 %)"]]
    images = [attributes for tag, attributes in outline.attributes if tag == "img"]
    assert len(images) == len(activity.FIGURES)
    assert any("Predicted against measured activity." in each["alt"] for each in images)


def test_of_errors_the_least_is_best():
    entries = scored_entries(activity_tables()["metrics"])
    columns = columns_of(activity, ())
    rows = score_rows(entries, ACTIVITY_READS, "net", columns, activity.LOWER_IS_BETTER)
    best = [[cell.best for cell in row.cells] for row in rows]
    metrics = [column.metric for column in columns]
    assert [metric for metric, own in zip(metrics, best[0], strict=True) if own] == [
        "pearson",
        "mean_squared_error",
        "mean_absolute_error",
        "r_squared",
    ]
    assert [metric for metric, own in zip(metrics, best[1], strict=True) if own] == [
        "spearman",
        "mean_absolute_error",
    ]
    assert not any(best[2])
    assert [bool(cell.interval) for cell in rows[0].cells] == [True, False, True, False, False]
    assert rows[2].cells[0].interval == ""


def test_the_overview_and_the_note_of_activities(png):
    scores = {"a": judge_activity(png), "b": judge_activity(png, leaks="It leaks.")}
    assert scores["b"].verdict.endswith("It leaks.")
    rows = study_rows(scores, 0, REPORTERS)
    assert [row[:2] for row in rows] == [
        [name, metric] for name in "ab" for metric in ("Pearson", "Mean squared error")
    ]
    assert rows[1][2:5] == [
        "0.200 [0.100, 0.300]",
        "k-mer ridge 0.400 [0.300, 0.500]",
        "\N{MINUS SIGN}0.200",
    ]
    note = scores["a"].note
    assert note.startswith("500 sequences, whose activity has a mean of 1.25 and a standard dev")
    assert "95 % interval over 100 bootstrap draws of 500 sequences. " in note
    assert "positive" not in note
    tables = activity_tables()
    bootstrap = tables["bootstrap"].assign(informative=3, blocks=3, block_size=1000)
    few = score_note(scored_entries(tables["metrics"]), bootstrap, activity, spans)
    assert "bootstrap draws of 3 blocks of 1,000 bp. " in few
    assert "So few blocks give" in few


def test_the_metrics_that_say_nothing_of_sequences_have_no_column():
    assert len(columns_of(binding, spans.HIDDEN)) == len(binding.COLUMNS)
    hidden = [column.metric for column in columns_of(binding, sequences.HIDDEN)]
    assert len(hidden) == len(binding.COLUMNS) - 1
    assert "peak_recall_at_fdr_50" not in hidden


def test_sources_speak_of_what_the_task_counts():
    """Of activities no example is positive."""
    texts = [sequences.NO_INTERVAL, span_audit.LEAKS, *sequences.SPLIT_METHODS.values()]
    binds = " ".join(map(SEQUENCES.fill, texts))
    assert "Too few positives were tested" in binds
    assert "The split leaks: positives of test lie next to positives of train, or train" in binds
    assert "random, with the same share of positives in each split; identical" in binds
    active = " ".join(map(REPORTERS.fill, texts))
    assert "Too few examples were tested" in active
    assert "examples of test lie next to examples of train" in active
    assert "random; identical sequences together" in active
    assert "positive" not in active
