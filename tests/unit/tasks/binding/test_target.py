"""Labels that users write are 0 and 1, and every split needs both."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from cisfuse.base.errors import InputError
from cisfuse.base.splits import SPLITS
from cisfuse.tasks.binding import target


def test_labels_are_zero_and_one_and_nothing_else():
    texts = ["0", "1", "2", "", " 1", "1.0", "01", "true", "\u0661"]
    labels, bad = target.parse(pd.Series(texts, dtype="str"))
    assert labels.dtype == np.int64
    assert labels[:2].tolist() == [0, 1]
    assert bad.tolist() == [False, False] + [True] * 7
    assert [target.is_value(text) for text in texts] == (~bad).tolist()


def test_a_bad_label_is_told_with_its_fix_and_in_a_bed_with_peaks():
    problem, fix = target.describe_bad("2")
    assert (problem, fix) == ("label '2' is neither 0 nor 1", "write 1 for bound and 0 for unbound")
    problem, fix = target.describe_bad("peak", " in column 4")
    assert problem == "label 'peak' in column 4 is neither 0 nor 1"
    assert fix.endswith(", or give a file without labels as peaks")


@pytest.mark.parametrize("label", [0, 1])
def test_one_label_alone_is_refused(label):
    message = f"^my.tsv: every label is {label}; give examples of both labels, 1 for bound"
    with pytest.raises(InputError, match=message):
        target.check_all(np.full(4, label), "my.tsv")
    assert target.check_all(np.array([0, 1, 1]), "my.tsv") == ""


def test_positives_are_notable_audited_and_a_stratum():
    labels = np.array([0, 1, 0, 1, 1])
    for rows in (target.notable(labels), target.audited(labels)):
        assert rows.tolist() == [False, True, False, True, True]
    assert target.strata(labels).tolist() == labels.tolist()
    assert target.count_words(labels, "spans") == "3 of 5 spans bound"


def test_a_look_up_is_scored_as_a_ranking():
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 2, 60)
    scores = np.round(generator.normal(labels))
    assert target.lookup_scores(labels, scores) == {
        "roc_auc": roc_auc_score(labels, scores),
        "average_precision": average_precision_score(labels, scores),
    }


def test_sequences_with_both_labels_are_counted_once():
    table = pd.DataFrame({"sequence": list("AACCAT"), "label": [0, 1, 1, 1, 1, 0]})
    assert target.contradictions(table) == 1
    assert target.contradictions(table.iloc[1:]) == 0


def test_splits_are_counted_with_their_positives():
    table = pd.DataFrame({"label": [1, 0, 0, 1], "split": ["train", "train", "test", "train"]})
    counts = target.count_splits(table, SPLITS)
    assert counts["spans"].tolist() == [3, 0, 1]
    assert counts["positives"].tolist() == [2, 0, 0]
    assert counts["prevalence"].tolist()[::2] == [2 / 3, 0]
    with pytest.raises(
        InputError, match=r"^'valid' has no positive span among 0; fix, or use more"
    ):
        target.check_counts(counts, "'{split}'", "span", "fix")
