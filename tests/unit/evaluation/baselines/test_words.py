"""The string search finds the word that tells labels best, and counts it in all of train."""

import numpy as np
import pytest
from baseline_examples import (
    LENGTH,
    MATRIX,
    SITES,
    bound_by_site,
    fit_baseline,
    predict,
    write_examples,
)
from sklearn.metrics import f1_score

from cisfuse.evaluation.baselines import words
from cisfuse.evaluation.baselines.fitting import read_train
from cisfuse.evaluation.baselines.words import StringSearch
from cisfuse.examples.shards import read_split


@pytest.fixture
def manifest(tmp_path):
    return write_examples(tmp_path / "examples", bound_by_site, signals=())


def f1_of(word: str, train) -> float:
    search = StringSearch()
    search.word = word
    return float(search.table(train)["f1"].iloc[0])


def test_the_word_has_the_highest_f1_and_is_searched_for_as_it_stands(manifest):
    train, test = read_train(manifest, [MATRIX], 0), read_split(manifest, "test")
    fitted = fit_baseline("string_search", train)
    f1 = {word: f1_of(word, train) for word in (fitted.word, *SITES)}
    assert f1[fitted.word] == max(f1.values()) > 0.6
    held = [fitted.word.encode() in row.tobytes() for row in test["sequence"]]
    assert predict(fitted, test).tolist() == held


def test_the_table_counts_in_all_of_train(manifest):
    train, whole = read_train(manifest, [MATRIX], 0), read_split(manifest, "train")
    fitted = fit_baseline("string_search", train)
    row = fitted.table(train).iloc[0]
    held = np.array([fitted.word.encode() in row.tobytes() for row in whole["sequence"]])
    bound = whole.targets == 1
    assert row["word"] == fitted.word
    assert row["length"] == len(fitted.word)
    assert row["positives_found"] == (held & bound).sum()
    assert row["negatives_found"] == (held & ~bound).sum()
    assert (row["positives"], row["negatives"]) == (bound.sum(), (~bound).sum())
    assert row["f1"] == pytest.approx(f1_score(bound, held))


def test_a_word_of_a_draw_tells_labels_too(manifest, monkeypatch):
    monkeypatch.setattr(words, "MOST_BASES", 600 * LENGTH)
    train = read_train(manifest, [MATRIX], 0)
    assert f1_of(fit_baseline("string_search", train).word, train) > 0.6
