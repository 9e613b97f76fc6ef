"""Labelled sequences have a place of their own, and no other."""

import pandas as pd

from cisfuse.sources.places import placed


def test_a_labelled_sequence_is_a_chromosome_of_its_own():
    table = pd.DataFrame({"name": ["one", "two"], "label": [1, 0], "sequence": ["ACGT", "ACGTNA"]})
    found = placed(table)
    places = found[["chrom", "start", "end"]].to_numpy().tolist()
    assert places == [["one", 0, 4], ["two", 0, 6]]
    assert found[table.columns].equals(table)
    assert placed(table.drop(columns="sequence"))["end"].tolist() == [1, 1]
    assert placed(found.iloc[:0])["start"].tolist() == []
    genomic = found.assign(chrom="chr1", start=[5, 9])
    assert placed(genomic) is genomic
