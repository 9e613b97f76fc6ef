"""Published figures are placed by the numbers, and sentences say what these allow."""

import math

import pandas as pd
import pytest

from cisfuse.evaluation.conventions import Conventions
from cisfuse.report.reproduction import (
    headings,
    note,
    reproduction_rows,
    reproduction_words,
    search_words,
)
from cisfuse.sources.sequences import words as sequences

MODELS = ["tfbs_cnn", "tfbs_cnn_deep"]
NO_INTERVAL = sequences.NO_INTERVAL.format(few="positives")
# ROC-AUC of two seeds of each model in each convention; average precision is 0.001 lower.
SEEDS = {
    "scores": {"tfbs_cnn": (0.9965, 0.9975), "tfbs_cnn_deep": (0.9990, 0.9996)},
    "labels": {"tfbs_cnn": (0.97, 0.98), "tfbs_cnn_deep": (0.99, 0.992)},
}
PUBLISHED = {
    "tfbs_cnn": {
        "convention": "scores",
        "roc_auc": 0.9971,
        "average_precision": 0.9969,
        "source": "a book",
    },
    "tfbs_cnn_deep": {
        "convention": "labels",
        "roc_auc": 0.9903,
        "average_precision": 0.9797,
        "source": "a book",
    },
}
LEVEL, BETTER, WORSE = (-0.001, 0.004), (0.001, 0.004), (-0.004, -0.001)


def make_found(scores=LEVEL, labels=BETTER, precision=None, learned=None) -> Conventions:
    """Tables with these intervals of deep minus small in each convention, of both metrics.

    ``precision`` is another interval of average precision from continuous scores, ``learned``
    one of all that is over the seeds that learned something.
    """
    bounds = {"scores": scores, "labels": labels}
    tables, compared = {}, []
    for convention, models in SEEDS.items():
        rows = [
            (model, str(seed), value, value - 0.001)
            for model, values in models.items()
            for seed, value in enumerate(values)
        ]
        table = pd.DataFrame(rows, columns=["model", "seed", "roc_auc", "average_precision"])
        if convention == "scores":
            others = table.assign(split="valid", roc_auc=0.1)
            mean = table.assign(split="test", seed="mean", roc_auc=0.2)
            table = pd.concat([others, table.assign(split="test"), mean], ignore_index=True)
        else:
            table["learned"] = 1
        tables[convention] = table
        for seeds in ("all", "learned"):
            for metric in ("roc_auc", "average_precision"):
                low, high = bounds[convention]
                if precision and (convention, metric) == ("scores", "average_precision"):
                    low, high = precision
                if learned and seeds == "learned":
                    low, high = learned
                # The tables say what the first model is minus the other.
                names = (convention, seeds, "tfbs_cnn", "tfbs_cnn_deep", metric)
                compared.append((*names, -0.0023, -high, -low))
    names = "convention seeds model other metric difference low high"
    return Conventions(tables, pd.DataFrame(compared, columns=names.split()))


def words(found: Conventions, published=PUBLISHED, models=MODELS) -> str:
    return " ".join(reproduction_words(found, models, published, 0.95))


def test_the_table_has_each_model_in_each_convention_beside_what_was_published():
    rows = reproduction_rows(make_found(), MODELS, PUBLISHED)
    assert all(len(row) == len(headings(PUBLISHED)) for row in rows)
    assert rows[0] == [
        *("tfbs CNN", "continuous scores", "0.9970 (0.9965 to 0.9975)", "0.9971: inside"),
        *("0.9960 (0.9955 to 0.9965)", "0.9969: above"),
    ]
    assert rows[1][1:4] == ["arg-max labels", "0.9750 (0.9700 to 0.9800)", "\N{EN DASH}"]
    assert rows[2][3] == rows[2][5] == "\N{EN DASH}"
    assert rows[3][3] == "0.9903: inside"
    assert rows[3][5] == "0.9797: below"
    bare = reproduction_rows(make_found(), MODELS, {"tfbs_cnn": {"convention": "scores"}})
    assert [row[3] for row in bare] == ["\N{EN DASH}"] * 4


def test_without_published_figures_the_table_speaks_of_none():
    rows = reproduction_rows(make_found(), MODELS, {})
    assert headings({}) == ["Model", "Scored from", "ROC-AUC", "Average precision"]
    assert rows[0][2:] == ["0.9970 (0.9965 to 0.9975)", "0.9960 (0.9955 to 0.9965)"]
    assert "ublished" not in note({}) + "".join(headings({}))
    assert "ublished" in note(PUBLISHED)


@pytest.mark.parametrize(
    ("interval", "verb", "part"),
    [
        (LEVEL, "is not worse than", "it cannot be told apart (difference +0.0023, 95 % interv"),
        (BETTER, "is better than", "it is better (difference +0.0023, 95 % interval +0.0010 to +"),
        (WORSE, "is worse than", "it is worse (difference +0.0023, 95 % interval"),
    ],
)
def test_the_three_cases_have_their_words_in_each_convention(interval, verb, part):
    for convention, name in (("scores", "continuous scores"), ("labels", "arg-max labels")):
        text = words(make_found(**{convention: interval}))
        assert f"From {name} tfbs CNN deep {verb} tfbs CNN: in ROC-AUC {part}" in text
        assert text.count(part) >= 2


@pytest.mark.parametrize(
    ("roc", "precision", "verb"),
    [
        (BETTER, LEVEL, "is not worse than"),
        (LEVEL, WORSE, "is worse in one score than"),
        (BETTER, WORSE, "is better in one score and worse in the other than"),
    ],
)
def test_metrics_that_differ_are_told_apart(roc, precision, verb):
    text = words(make_found(roc, precision=precision))
    assert f"From continuous scores tfbs CNN deep {verb} tfbs CNN: " in text


def test_without_an_interval_nothing_is_claimed():
    text = words(make_found((math.nan, math.nan)))
    assert "From continuous scores tfbs CNN deep scores higher than tfbs CNN: in ROC-AUC it" in text
    assert NO_INTERVAL in text
    assert NO_INTERVAL not in words(make_found())


def test_a_published_comparison_of_two_conventions_is_called_mixed():
    text = words(make_found(LEVEL, BETTER))
    assert (
        "The published comparison of tfbs CNN from continuous scores (ROC-AUC 0.9971, average "
        "precision 0.9969) with tfbs CNN deep from arg-max labels (ROC-AUC 0.9903, average "
        "precision 0.9797) mixed a score of labels with a score of ranks; its ranking is not found "
        "from continuous scores or from arg-max labels." in text
    )
    assert "is not found from continuous scores." in words(make_found(LEVEL, WORSE))
    assert "mixed" not in words(make_found(WORSE, WORSE))


def test_one_convention_or_one_published_model_mixes_nothing():
    same = {name: {**own, "convention": "scores"} for name, own in PUBLISHED.items()}
    assert "mixed" not in words(make_found(), same)
    assert "mixed" not in words(make_found(), {"tfbs_cnn": PUBLISHED["tfbs_cnn"]})


def test_what_was_published_and_reproduced_is_counted():
    text = words(make_found())
    both = "tfbs CNN from continuous scores, tfbs CNN deep from arg-max labels."
    assert f"Published (a book): {both}" in text
    assert "were published, lie 2 of the published figures (4)." in text
    near = {"tfbs_cnn": {"convention": "scores", "roc_auc": 0.997}}
    assert "lie all of the published figures (1)." in words(make_found(), near)
    assert "lie" not in words(make_found(), {"tfbs_cnn": {"convention": "scores"}})
    assert "Published" not in words(make_found(), {})
    assert "published" not in words(make_found(), {}, MODELS[:1])


def silence(found: Conventions, model: str, seeds: list[str]) -> Conventions:
    tables = {name: table.copy() for name, table in found.scores.items()}
    for table in tables.values():
        rows = (table["model"] == model) & table["seed"].isin(seeds)
        table.loc[rows, ["roc_auc", "average_precision"]] = [0.5, 0.482]
        if "learned" in table:
            table.loc[rows, "learned"] = 0
    return Conventions(tables, found.comparisons)


def test_a_seed_that_learned_nothing_is_named_and_left_out_of_the_spread():
    """A range down to chance would hold every figure."""
    found = silence(make_found(), "tfbs_cnn_deep", ["1"])
    rows = reproduction_rows(found, MODELS, PUBLISHED)
    assert rows[0][0] == "tfbs CNN"
    assert rows[2][:3] == ["tfbs CNN deep, 1 of 2 seeds", "continuous scores", "0.9990"]
    assert rows[3][2:4] == ["0.9900", "0.9903: above"]
    text = words(found)
    assert "With seed 1 tfbs CNN deep learned nothing" in text
    assert "The table leaves this out." in text
    assert "learned nothing" not in words(make_found())
    found = silence(make_found(), "tfbs_cnn_deep", ["0", "1"])
    assert "With seeds 0, 1 tfbs CNN deep learned nothing" in words(found)
    assert "The table leaves this out." not in words(found)
    assert reproduction_rows(found, MODELS, PUBLISHED)[2][:3:2] == ["tfbs CNN deep", "0.5000"]


def test_where_a_seed_learned_nothing_models_are_compared_with_it_and_without():
    found = silence(make_found(WORSE, WORSE, learned=BETTER), "tfbs_cnn_deep", ["1"])
    text = words(found)
    for name in ("continuous scores", "arg-max labels"):
        assert f"From {name}, over all seeds, tfbs CNN deep is worse than tfbs CNN: " in text
        learned = f"From {name}, over the seeds that learned something, tfbs CNN deep is better"
        assert learned in text
    assert "its ranking is not found from continuous scores or from arg-max labels" in text
    none = found.comparisons[found.comparisons["seeds"] == "all"]
    text = words(Conventions(found.scores, none))
    assert "over the seeds that learned" not in text
    assert "its ranking" not in text
    assert "over all seeds" not in words(make_found())


SEARCH = pd.DataFrame({"word": ["AAAGAGG"], "f1": [1.0]})


def entries(own: tuple[float, float]) -> pd.DataFrame:
    rows = [("tfbs_cnn", 0.998, 0.99), ("tfbs_cnn_deep", 0.996, 0.995), ("string_search", *own)]
    return pd.DataFrame(rows, columns=["entry", "average_precision", "roc_auc"])


def test_a_search_that_no_model_surpasses_makes_networks_needless():
    text = search_words(SEARCH, entries((1, 1)), MODELS)
    assert text == (
        "A search for the string AAAGAGG, the word that tells train's labels best, has average "
        "precision 1.0000 and ROC-AUC 1.0000 on test; no network is needed for such labels."
    )
    assert "no network" in search_words(SEARCH, entries((0.998, 0.995)), MODELS)


@pytest.mark.parametrize("own", [(0.9979, 1), (1, 0.994), (0.3, 0.4)])
def test_a_search_below_a_model_is_told_beside_the_best(own):
    text = search_words(SEARCH, entries(own), MODELS)
    assert "no network" not in text
    assert text.endswith("on test, the best model (tfbs CNN) 0.9980 and 0.9900.")
    assert f"{own[0]:.4f}" in text


def test_a_search_without_a_word_says_so():
    text = search_words(SEARCH.assign(word=""), entries((0.5, 0.5)), MODELS)
    assert text == "No word of train's positives could be searched for."
