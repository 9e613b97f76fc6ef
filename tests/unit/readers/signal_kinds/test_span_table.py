"""Values of a table of spans are looked up by the names of the spans."""

import pandas as pd
import pytest
from signal_rows import make_spans

from cisfuse.base.errors import InputError
from cisfuse.readers.signal_kinds.span_table import values_from_table
from cisfuse.readers.spans import span_names


def test_values_are_looked_up_by_name():
    spans = make_spans()
    lookup = {name: float(row) for row, name in enumerate(span_names(spans))}
    table = pd.Series({**lookup, "chr1:1-2": 9.0})
    found = values_from_table(table.sample(frac=1, random_state=1), spans, "signal.txt")
    assert found.tolist() == [lookup[name] for name in span_names(spans)]


def test_a_table_that_lacks_spans_names_the_first():
    spans = make_spans()
    names = span_names(spans)
    table = pd.Series(1.0, index=names).drop([names[4], names[9]])
    message = rf"signal\.txt: lacks the span {names[4]} \(2 of {len(spans)} spans"
    with pytest.raises(InputError, match=message):
        values_from_table(table, spans, "signal.txt")
