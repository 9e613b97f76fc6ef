"""Other programs' predictions: what is right is taken, and every mistake is named."""

import gzip

import numpy as np
import pandas as pd
import pytest

from cisfuse.base.errors import InputError
from cisfuse.evaluation.external import complete_splits, match_spans, read_external
from cisfuse.tasks.activity import target as activity
from cisfuse.tasks.binding import target as binding

SPANS = pd.DataFrame(
    {
        "name": [f"chr1:{start}-{start + 10}" for start in range(0, 60, 10)],
        "chrom": "chr1",
        "start": range(0, 60, 10),
        "end": range(10, 70, 10),
        "label": [0, 1, 0, 1, 0, 1],
        "split": ["train", "train", "valid", "valid", "test", "test"],
    }
)
GIVEN = SPANS.drop(columns="split").assign(logit=np.arange(6) - 2.5)


COLUMNS = ("name", "chrom", "start", "end", "label")


def lines_of(table: pd.DataFrame) -> list[str]:
    return table.to_csv(sep="\t", index=False).splitlines()


def write(path, content: str | bytes) -> str:
    content = content if isinstance(content, bytes) else content.encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return str(path)


def logits_of(path: str) -> np.ndarray:
    text, table = read_external(path, COLUMNS, binding)
    return match_spans(text, table, SPANS, "spans.tsv.gz", binding)


@pytest.mark.parametrize("name", ["other.tsv", "other.tsv.gz"])
def test_order_and_further_columns_and_spans_do_not_matter(tmp_path, name):
    table = GIVEN.assign(note="x y", model=1).iloc[:, [7, 5, 0, 4, 1, 3, 2, 6]]
    table = pd.concat([table, table.iloc[:1].assign(name="chr9:0-10", chrom="chr9")])
    table = table.sample(frac=1, random_state=0)
    path = write(tmp_path / name, "# a comment\n" + "\n".join(lines_of(table)))
    assert logits_of(path).tolist() == GIVEN["logit"].tolist()


def test_spaces_separate_columns_too(tmp_path):
    path = write(tmp_path / "other.tsv", "\n".join(lines_of(GIVEN)).replace("\t", "  "))
    assert logits_of(path).tolist() == GIVEN["logit"].tolist()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda lines: [], "the file is empty; "),
        (lambda lines: ["", "# name"], "no predictions in it; "),
        (lambda lines: lines[1:], "line 1: the column 'name' is missing in the header; "),
        (
            lambda lines: [lines[0].replace("logit", "score"), *lines[1:]],
            "line 1: the column 'logit' is missing",
        ),
        (
            lambda lines: [f"{lines[0]}\tlabel", *lines[1:]],
            "line 1: the column 'label' is there twice",
        ),
        (
            lambda lines: [*lines, lines[3]],
            "line 8: chr1:20-30 is there twice; ",
        ),
        (
            lambda lines: [*lines[:2], lines[2].replace("-1.5", "high"), *lines[3:]],
            "line 3: logit 'high' is not a finite number; ",
        ),
        (
            lambda lines: [*lines[:2], lines[2].replace("-1.5", "nan"), *lines[3:]],
            "line 3: logit '?nan'? is not a finite number; ",
        ),
        (
            lambda lines: [*lines[:2], lines[2].replace("-1.5", "-inf"), *lines[3:]],
            "line 3: logit '?-inf'? is not a finite number; ",
        ),
        (
            lambda lines: [*lines[:2], lines[2].replace("-1.5", ""), *lines[3:]],
            "line 3: logit '' is not a finite number; ",
        ),
        (
            lambda lines: [*lines[:4], "chr1:30-40\tchr1\t30", *lines[5:]],
            r"line 5: 3 column\(s\), 6 are needed",
        ),
        (
            lambda lines: [*lines[:5], lines[5].replace("\t40\t", "\t41\t"), *lines[6:]],
            "line 6: start 41 of chr1:40-50 is 40 in the study; .* spans.tsv.gz",
        ),
        (
            lambda lines: [lines[0], *[line.replace("\t1\t", "\t0\t") for line in lines[:0:-1]]],
            "line 2: label 0 of chr1:50-60 is 1 in the study; ",
        ),
        (
            lambda lines: [line.replace("\tchr1\t", "\t1\t") for line in lines],
            "line 2: chrom 1 of chr1:0-10 is chr1 in the study; ",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path, change, message):
    path = write(tmp_path / "other.tsv", "\n".join(change(lines_of(GIVEN))))
    with pytest.raises(InputError, match=message) as caught:
        logits_of(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("\n".join(lines_of(GIVEN)).encode().replace(b"chr1:0", b"chr\xe9:0"), "line 2: .* UTF-8"),
        ("\r\n".join(lines_of(GIVEN)).encode(), "line 1: Windows line ends"),
        (b"\x00\x01", "binary file"),
    ],
)
def test_other_bytes_are_refused(tmp_path, content, message):
    with pytest.raises(InputError, match=message):
        read_external(write(tmp_path / "other.tsv", content), COLUMNS, binding)


def test_a_damaged_gzip_and_a_missing_file_are_refused(tmp_path):
    content = gzip.compress("\n".join(lines_of(GIVEN)).encode())[:-9]
    (tmp_path / "other.tsv.gz").write_bytes(content)
    with pytest.raises(InputError, match="damaged"):
        read_external(tmp_path / "other.tsv.gz", COLUMNS, binding)
    with pytest.raises(InputError, match="no such file"):
        read_external(tmp_path / "none.tsv", COLUMNS, binding)


def test_splits_without_all_spans_are_left_out(tmp_path):
    logits = GIVEN["logit"].to_numpy(copy=True)
    complete = complete_splits("other.tsv", SPANS, logits, ["test"], "spans.tsv.gz")
    assert set(complete) == {"train", "valid", "test"}
    logits[[0, 3]] = np.nan
    assert complete_splits("other.tsv", SPANS, logits, ["test"], "spans.tsv.gz") == ["test"]


def test_a_missing_test_span_is_refused():
    logits = GIVEN["logit"].to_numpy(copy=True)
    logits[[1, 5]] = np.nan
    message = r"^other\.tsv: lacks the test span chr1:50-60 \(1 of 2 test spans are missing\); .*"
    with pytest.raises(InputError, match=message + r"spans\.tsv\.gz$"):
        complete_splits("other.tsv", SPANS, logits, ["test"], "spans.tsv.gz")


def test_predictions_of_sequences_need_no_coordinates(tmp_path):
    spans = SPANS[["name", "label", "split"]].assign(sequence="ACGT")
    lines = lines_of(GIVEN[["label", "logit", "name"]])
    text, table = read_external(
        write(tmp_path / "other.tsv", "\n".join(lines)), ["name", "label"], binding
    )
    assert (
        match_spans(text, table, spans, "spans.tsv.gz", binding).tolist() == GIVEN["logit"].tolist()
    )
    lines[4] = lines[4].replace("1\t", "0\t", 1)
    path = write(tmp_path / "other.tsv", "\n".join(lines))
    text, table = read_external(path, ["name", "label"], binding)
    message = r"line 5: label 0 of chr1:30-40 is 1 in the study; give names and labels of s.*gz$"
    with pytest.raises(InputError, match=message):
        match_spans(text, table, spans, "spans.tsv.gz", binding)
    path = write(tmp_path / "none.tsv", "\n".join(lines).replace("logit", "score"))
    message = r"the column 'logit' is missing in the header; .* first line: name label logit$"
    with pytest.raises(InputError, match=message):
        read_external(path, ["name", "label"], binding)


def test_predictions_of_activities_are_matched_and_mistakes_named(tmp_path):
    spans = SPANS[["name", "split"]].assign(activity=np.arange(6) / 4)
    given = spans[["name", "activity"]].assign(predicted=np.arange(6) - 2.5)
    columns = ["name", "activity"]

    def outputs(lines: list[str]) -> np.ndarray:
        path = write(tmp_path / "other.tsv", "\n".join(lines))
        text, table = read_external(path, columns, activity)
        return match_spans(text, table, spans, "spans.tsv.gz", activity)

    lines = lines_of(given)
    assert outputs([lines[0], *lines[:0:-1]]).tolist() == given["predicted"].tolist()
    assert np.isnan(outputs(lines[:-1])[5])
    for change, message in [
        (("predicted", "logit"), "column 'predicted' is missing .* line: name activity predicted$"),
        (("\t-1.5", "\tinf"), "line 3: predicted '?inf'? is not a finite number"),
        (("0.5\t", "0,5\t"), "line 4: activity '0,5' is not a finite number"),
        (
            ("0.5\t", "0.75\t"),
            r"line 4: activity 0\.75 of chr1:20-30 is 0\.5 in the study; give "
            r"names and activities of spans\.tsv\.gz$",
        ),
    ]:
        with pytest.raises(InputError, match=message):
            outputs([line.replace(*change) for line in lines])
