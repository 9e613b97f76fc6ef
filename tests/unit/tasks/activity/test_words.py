"""The words of activity hold the numbers of the tables."""

import pandas as pd

from cisfuse.tasks.activity import words

UNITS = {"unit": "sequence", "units": "sequences"}


def entries(**pearson: float) -> pd.DataFrame:
    return pd.DataFrame({"entry": pearson.keys(), "pearson": pearson.values()})


def test_what_was_tested_is_told():
    row = pd.Series({"spans": 1500.0, "mean": 1.2345678, "standard_deviation": 0.5})
    assert words.headline(row, "spans") == (
        "1,500 test spans, activity 1.23 with standard deviation 0.5"
    )
    assert words.tested_words(row, "spans", ()) == (
        "1,500 spans, whose activity has a mean of 1.235 and a standard deviation of 0.5. Errors "
        "are in its unit."
    )
    assert words.split_cells(row) == ["1,500", "1.235", "0.5"]


def test_the_glossary_calls_examples_as_the_source_does():
    text = " ".join(term + meaning for term, meaning in words.glossary(UNITS))
    assert "over the sequences of test" in text
    assert not {"{", "}"} & set(text)


def test_what_is_reached_of_what_can_be_is_told_where_it_is_known():
    found = entries(net=0.9, noiseless=0.95, kmer_ridge=0.6, mean=float("nan"))
    assert words.remarks(found, "net", ["kmer_ridge", "mean"]) == (
        "The highest reachable Pearson, that of the activity without noise, is 0.950 on test: net "
        "reaches 0.947 of it, the best baseline (k-mer ridge) 0.632."
    )
    assert words.remarks(found, "net", ["mean"]).endswith("net reaches 0.947 of it.")
    assert words.remarks(found.iloc[[0, 2]], "net", ["kmer_ridge"]) == ""
    assert words.remarks(entries(net=float("nan"), noiseless=0.95), "net", []) == ""
