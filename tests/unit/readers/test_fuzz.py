"""Every reader, given any bytes: one line that names the file, or all that the file holds.

Files are arbitrary bytes, and lines put together of good and bad fields, separators, comments,
blank lines, byte-order marks and line ends. What a reader takes equals what the slow, obvious
readers of `plain_readers` take, row by row; what they refuse it refuses, in one line that starts
with the file. The quick tests try few files, the slow ones thousands; both always the same.
"""

import datetime
import unicodedata
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import numpy as np
import pandas as pd
import plain_readers
import pytest
import yaml
from configs import CONFIG_SCHEMA, MINIMAL, leaves, load, load_sheet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cisfuse.base.errors import CisfuseError, ConfigError, DamagedFileError
from cisfuse.base.files import read_by_chromosome, read_table, write_table
from cisfuse.config.schemas import check_repeats, load_schema
from cisfuse.config.settings import model_settings
from cisfuse.evaluation.external import read_external
from cisfuse.interpretation.requests import parse_requests, parse_span, parse_variant
from cisfuse.models.checks import check_models
from cisfuse.readers.genome import decompress_fasta, index_fasta, read_chromosome
from cisfuse.readers.intervals import (
    read_bedgraph,
    read_blacklist,
    read_intervals,
    read_labelled_spans,
    read_signal_table,
    read_sites,
)
from cisfuse.sources.sequences.reading import read_labelled_sequences
from cisfuse.tasks import registry as tasks
from cisfuse.tasks.activity import target as activity
from cisfuse.tasks.binding import target as binding

# An example that takes longer hangs.
PROFILE = settings(
    derandomize=True,
    database=None,
    deadline=datetime.timedelta(seconds=3),
    suppress_health_check=list(HealthCheck),
)
QUICK, MANY = 80, 1000
AMOUNTS = [QUICK, pytest.param(MANY, marks=pytest.mark.slow)]

NUMBERS = [
    *("0", "5", "7", "9", "12", "1000", "+5", "1e3", "1.e1", "5 ", " 7", "007"),
    *("", " ", "x", "1.5", "-1", "-0", "nan", "NA", "inf", "1e400", "1,000", "0x10", "1_0"),
    *("99999999999999999999", "999999999999999", "1000000000000000", "1e16", "\u0663", '"5"'),
]
CHROMOSOMES = [
    *("chr1", "chr22", "22", "HLA:A*01", "NA", "nan", "1e5", "track1", "browser_x", "'x\"", "#"),
    *("", " ", "chr 1", "chr1 ", "track", "browser", "\u00e9", "a\u00a0b", "a\x85b", "a\u2028b"),
]
VALUES = ["0", "1", "0.5", "-2", ".5", "1e-3", "3.", "1e-400", "0.1", *NUMBERS]
SPAN_NAMES = ["chr1:0-9", "chr1:5-9", "a:b:1-2", "chr1:9-5", "chr1", "chr1:\u0661-\u0662", "", "x"]
ACTIVITIES = [*VALUES[:9], "1,5", ",5", " 1.5", "+inf", "n/a", ".", "\x85", "0.12345678901234567"]
ACTIVITIES += ["3.4028235e38", "3.4028236e38", "-1e39", "None", "1.5e", "e5", "--inf", *NUMBERS]
TEXTS = ["peak", "0", "+", ".", "-", "1.0", "", "a b", "\u00e9", '"', "train"]
INTERVAL = [CHROMOSOMES, ["0", "5", "7", *NUMBERS], ["9", "12", "20", *NUMBERS]]


@st.composite
def cells(draw, choices: list[str]) -> str:
    """A cell of a column: mostly one of its first three, which are good ones."""
    return draw(st.sampled_from(choices[:3] if draw(st.integers(0, 9)) else choices))


@st.composite
def tables(draw, columns: list[list[str]], headers: tuple[str, ...] = ()) -> bytes:
    """Lines of a table's columns, more or fewer of them, and everything that lies between."""
    separator = draw(st.sampled_from(["\t", "\t", "\t", " ", "  ", " \t"]))
    end = draw(st.sampled_from(["\n"] * 9 + ["\r\n", "\r"]))
    lines = [draw(st.sampled_from(headers))] if headers and draw(st.integers(0, 4)) else []
    for _ in range(draw(st.integers(0, 6))):
        kind = draw(st.integers(0, 14))
        if kind == 0:
            odd = ["", " ", "\t", "# x", "#", "track name=x", "browser", "tracks\t1\t2", " # y"]
            lines.append(draw(st.sampled_from(odd)))
            continue
        fields = [draw(cells(choices)) for choices in columns]
        if kind == 1:
            fields = fields[: draw(st.integers(1, len(fields)))]
        if kind == 2:
            fields += draw(st.lists(st.sampled_from(TEXTS), max_size=3))
        lines.append((draw(st.sampled_from([" ", "\t"])) if kind == 3 else separator).join(fields))
    text = end.join(lines) + (end if draw(st.booleans()) else "")
    mark = b"\xef\xbb\xbf" if draw(st.integers(0, 9)) == 0 else b""
    return mark + text.encode()


def any_bytes(*starts: bytes) -> st.SearchStrategy[bytes]:
    """Arbitrary bytes, and text, after starts that readers look for."""
    content = st.one_of(st.binary(max_size=200), st.text(max_size=80).map(str.encode))
    magic = [b"", *starts, *plain_readers.FOREIGN, b"\xef\xbb\xbf", b"#", b"chr1\t5\t9\n"]
    return st.builds(bytes.__add__, st.sampled_from(magic), content)


def assert_one_line(error: CisfuseError, place: str | Path) -> None:
    message = str(error)
    assert message.startswith(f"{place}: ") or message.startswith(f"{place}, ")
    assert len(message.splitlines()) == 1
    assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in message)


def same_rows(table: pd.DataFrame, rows: list) -> None:
    found = list(table.itertuples(index=False, name=None))
    assert [tuple(None if cell != cell else cell for cell in row) for row in found] == rows
    assert len(found) == len(rows)


def check_table(read: Callable, plain: Callable, path: Path, content: bytes) -> None:
    """The library's reader and the plain one take the same, or both refuse."""
    path.write_bytes(content)
    try:
        rows = plain(content)
    except plain_readers.Refused:
        with pytest.raises(CisfuseError) as caught:
            read(path)
        assert_one_line(caught.value, path)
    else:
        same_rows(read(path), rows)


PREDICTIONS = [SPAN_NAMES, CHROMOSOMES, INTERVAL[1], INTERVAL[2], ["0", "1", "1", *NUMBERS], VALUES]
PREDICTIONS[0] = [*SPAN_NAMES[:3], *(f"chr{number}:0-9" for number in range(9)), *SPAN_NAMES]
PLACED = ["name", "chrom", "start", "end", "label"]
NARROW_PEAK = [*INTERVAL, TEXTS, NUMBERS, TEXTS, *[VALUES] * 4]
READERS = {
    "bed": (read_intervals, plain_readers.plain_intervals, tables(INTERVAL)),
    "narrowPeak": (read_intervals, plain_readers.plain_intervals, tables(NARROW_PEAK)),
    "blacklist": (read_blacklist, plain_readers.plain_blacklist, tables(INTERVAL)),
    "sites": (
        read_sites,
        plain_readers.plain_sites,
        st.one_of(tables(INTERVAL), tables([*INTERVAL, TEXTS, VALUES, ["+", "-", ".", "", "*"]])),
    ),
    "bedGraph": (read_bedgraph, plain_readers.plain_bedgraph, tables([*INTERVAL, VALUES])),
    "labelled spans": (
        partial(read_labelled_spans, target=binding),
        plain_readers.plain_labelled_spans,
        st.one_of(
            tables(
                [*INTERVAL, ["0", "1", "1", "2", " 1", "1.0", ""]],
                ("chrom\tstart\tend\tlabel", "Chrom start END label", "chrom\tstart\tend"),
            ),
            tables([*INTERVAL, ["0", "1", "0", "x"], ["train", "valid", "test", "dev", ""]]),
        ),
    ),
    "spans with activities": (
        partial(read_labelled_spans, target=activity),
        partial(plain_readers.plain_labelled_spans, kind=plain_readers.ACTIVITIES),
        st.one_of(
            tables(
                [*INTERVAL, ACTIVITIES],
                ("chrom\tstart\tend\tactivity", "Chrom start END label", "chrom\tstart\tend"),
            ),
            tables([*INTERVAL, ACTIVITIES, ["train", "valid", "test", "dev", ""]]),
        ),
    ),
    "signal table": (
        read_signal_table,
        plain_readers.plain_signal_table,
        tables([SPAN_NAMES, VALUES], ("name\tvalue", "Name value")),
    ),
    "external predictions": (
        lambda path: read_external(path, PLACED, binding)[1],
        plain_readers.plain_predictions,
        tables(
            PREDICTIONS,
            ("name\tchrom\tstart\tend\tlabel\tlogit",) * 3
            + ("name chrom start end label logit", "name\tchrom\tstart\tend\tlogit\tlogit"),
        ),
    ),
    "external predictions of activities": (
        lambda path: read_external(path, [*PLACED[:-1], "activity"], activity)[1],
        partial(plain_readers.plain_predictions, target="activity", output="predicted"),
        tables(
            [*PREDICTIONS[:4], VALUES, VALUES],
            ("name\tchrom\tstart\tend\tactivity\tpredicted",) * 3
            + ("name chrom start end predicted activity", "name\tchrom\tstart\tend\tlabel\tlogit"),
        ),
    ),
}


def try_examples(strategy: st.SearchStrategy, check: Callable, amount: int) -> None:
    @settings(PROFILE, max_examples=amount)
    @given(strategy)
    def run(example):
        check(example)

    run()


@pytest.mark.parametrize("amount", AMOUNTS)
@pytest.mark.parametrize("kind", READERS)
def test_tables_are_read_whole_or_refused(kind, amount, tmp_path, survived):
    read, plain, strategy = READERS[kind]
    check = partial(check_table, read, plain, tmp_path / "file.txt")
    try_examples(st.one_of(strategy, strategy, any_bytes()), check, amount)
    survived("fuzzed inputs", amount)


@st.composite
def fastas(draw) -> bytes:
    names = ["chr1", "chr2", "chr22 x", " a", "\u00e9", "a\u00a0b", "", "chr1"]
    letters = ["ACGT", "acgtn", "NNNN", "RYSW", "ACGT", "GATT", "ACG", "ACGU", "MEFQ", "AC T", ""]
    lines = []
    for _ in range(draw(st.integers(0, 4))):
        if draw(st.integers(0, 9)):
            lines.append(">" + draw(st.sampled_from(names)))
        many = draw(st.integers(0, 3))
        common = st.sampled_from(letters[:4] if draw(st.integers(0, 5)) else letters)
        lines += [draw(common) for _ in range(many)]
        if draw(st.integers(0, 3)) == 0:
            lines.append(draw(st.sampled_from(letters)))
    end = draw(st.sampled_from(["\n"] * 6 + ["\r\n", "\r"]))
    return (end.join(lines) + (end if draw(st.booleans()) else "")).encode()


def check_fasta(folder: Path, content: bytes) -> None:
    source, target = folder / "source.fa", folder / "genome.fa"
    source.write_bytes(content)
    try:
        decompress_fasta(source, target)
        sizes = index_fasta(target, source)
    except CisfuseError as error:
        assert_one_line(error, source)
        return
    sequences = plain_readers.plain_fasta(content)
    assert sizes == {name: len(bases) for name, bases in sequences.items()}
    for name, bases in sequences.items():
        assert read_chromosome(target, name).tobytes().decode() == bases


@pytest.mark.parametrize("amount", AMOUNTS)
def test_a_fasta_is_read_whole_or_refused(amount, tmp_path, survived):
    strategy = st.one_of(fastas(), fastas(), any_bytes(b">", b">a\nACGT\n"))
    try_examples(strategy, partial(check_fasta, tmp_path), amount)
    survived("fuzzed inputs", amount)


SEQUENCE_LETTERS = [
    "ACGT",
    "acgtn",
    "GATTACA",
    "NNNN",
    "",
    " ",
    "AC T",
    "ACGU",
    "\u00e9",
    "#A",
    ">",
]
SEQUENCE_LETTERS += ["\u017f", "ACGT ", "\tAC", "ACGT\t1", "sequence", "MEFQ", "R"]
LABELS = ["0", "1", "1", "2", "", " 1", "1.0", "label", "#", "0\t1", "x"]
GOOD_AND_ODD = {
    binding: (["0", "1"], LABELS),
    activity: (["0.5", "-1", "2e1", "7.", "+.25"], [*ACTIVITIES, "label", "#"]),
}
SEQUENCE_SPLITS = ["train", "valid", "test", "dev", "", "1"]
SEQUENCE_NAMES = ["", "a b", " ", "r1", "r2", "\u00e9", "#r", "track", '"']


@st.composite
def text_of(draw, lines: list[str]) -> bytes:
    """Lines of a text, with blank lines and comments among them, and with ends of any kind."""
    lines = list(lines)
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(["", " ", "# x", "x"])))
    end = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    mark = b"\xef\xbb\xbf" if draw(st.integers(0, 9)) == 0 else b""
    last = end * draw(st.integers(0, 3))
    return mark + (end.join(lines) + last).encode()


@st.composite
def records_of_sequences(draw, target=binding) -> list[tuple[str, str, str, str]]:
    """Name, sequence, target and split of some sequences, mostly good ones."""
    good, odd_ones = GOOD_AND_ODD[target]
    records = []
    for number in range(draw(st.sampled_from([0, 2, 3, 4, 12]))):
        odd = draw(st.integers(0, 40))
        name = draw(st.sampled_from(SEQUENCE_NAMES)) if odd == 0 else f"r{number}"
        letters = draw(st.sampled_from(SEQUENCE_LETTERS[:4] if odd != 1 else SEQUENCE_LETTERS))
        label = draw(st.sampled_from(odd_ones)) if odd == 2 else good[number % len(good)]
        split = draw(st.sampled_from(SEQUENCE_SPLITS[:3] if odd != 3 else SEQUENCE_SPLITS))
        records.append((name, letters, label, split))
    return records


@st.composite
def fasta_with_table(draw, target=binding) -> tuple[bytes, bytes | None]:
    records = draw(records_of_sequences(target))
    lines = []
    for name, letters, _, _ in records:
        lines += [f">{name}{draw(st.sampled_from(['', ' x', chr(9)]))}", letters]
        lines += draw(st.lists(st.sampled_from(SEQUENCE_LETTERS[:5]), max_size=2))
    separator = draw(st.sampled_from(["\t", "\t", " "]))
    columns = [0, 2, 3][: draw(st.sampled_from([2, 3, 1]))]
    rows = [separator.join(record[column] for column in columns) for record in records]
    rows = draw(st.permutations(rows))[draw(st.sampled_from([0] * 9 + [1])) :]
    header = draw(st.sampled_from([[], ["name\tlabel"], ["name label split"], ["r1\tlabel"]]))
    return draw(text_of(lines)), draw(text_of(header + rows))


@st.composite
def parallel_files(draw, target=binding) -> tuple[bytes, bytes | None]:
    records = draw(records_of_sequences(target))
    header = draw(st.sampled_from([[], [], ["label"], ["0"], [""], ["nan"], ["1,5"]]))
    labels = header + [label for _, _, label, _ in records]
    return draw(text_of([record[1] for record in records])), draw(text_of(labels))


@st.composite
def sequence_tables(draw, target=binding) -> tuple[bytes, bytes | None]:
    records = draw(records_of_sequences(target))
    given_ = draw(st.sampled_from(target.COLUMNS))
    names = ["name", "sequence", given_, "split", "other", "SEQUENCE", " label"]
    several = st.lists(st.sampled_from(names), min_size=1, max_size=5)
    columns = draw(several if draw(st.integers(0, 4)) == 0 else st.permutations(names[:5]))
    columns = [column for column in columns if column != "split" or draw(st.booleans())]
    values = [dict(zip(names, record, strict=False)) for record in records]
    values = [{**row, "SEQUENCE": row["sequence"], " label": row[given_]} for row in values]
    separator = draw(st.sampled_from(["\t", "\t", "\t", " ", ","]))
    lines = [separator.join(row.get(column, "x") for column in columns) for row in values]
    return draw(text_of([separator.join(columns), *lines])), None


KINDS = {binding: plain_readers.LABELS, activity: plain_readers.ACTIVITIES}


def check_sequences(
    folder: Path, files: tuple[bytes, bytes | None], labels_header: bool, target=binding
) -> None:
    paths = [folder / "sequences.txt", folder / "labels.txt"]
    for path, content in zip(paths, files, strict=True):
        path.write_bytes(content or b"")
    labels = None if files[1] is None else paths[1]
    try:
        rows = plain_readers.plain_labelled_sequences(*files, labels_header, KINDS[target])
    except plain_readers.Refused:
        with pytest.raises(CisfuseError) as caught:
            read_labelled_sequences(paths[0], labels, target, labels_header)
        assert_one_line(caught.value, paths[str(caught.value).startswith(str(paths[1]))])
    else:
        same_rows(read_labelled_sequences(paths[0], labels, target, labels_header)[0], rows)


SEQUENCE_FILES = {
    "FASTA": fasta_with_table,
    "parallel": parallel_files,
    "TSV": sequence_tables,
    "any": lambda target: st.tuples(
        any_bytes(b">r1\nACGT\n>r2\nACGT\n", b"ACGT\nACGT\n", b"sequence\tlabel\nA\t1\nA\t0\n"),
        st.one_of(st.none(), any_bytes(b"r1\t0\nr2\t1\n", b"0\n1\n")),
    ),
}


@pytest.mark.parametrize("amount", AMOUNTS)
@pytest.mark.parametrize("kind", SEQUENCE_FILES)
@pytest.mark.parametrize("target", [binding, activity], ids=["binding", "activity"])
def test_labelled_sequences_are_read_whole_or_refused(kind, target, amount, tmp_path, survived):
    strategy = st.tuples(SEQUENCE_FILES[kind](target), st.sampled_from([False, False, True]))
    try_examples(strategy, lambda drawn: check_sequences(tmp_path, *drawn, target), amount)
    survived("fuzzed inputs", amount)


@st.composite
def sheets(draw) -> bytes:
    columns = ["sample", "factor", "cell", "peaks", "atac", "spans", "ambiguous", "trained_on"]
    columns += ["external_predictions", "sampel", "atac"]
    good = draw(st.permutations(columns[:5]))
    header = good + draw(st.lists(st.sampled_from(columns), max_size=2))
    words = ["a", "b", "c", "", "a b", " a ", '"a"', "a/b", "..", "\u00e9", "a\u2028b", "a\x85b"]
    words += ["\x00", "\x0b", "x" * 300, "{a}", "a.tsv,b.tsv"]
    rows = [header]
    for number in range(draw(st.integers(0, 4))):
        cell = st.sampled_from(words[:3] if draw(st.integers(0, 3)) else words)
        row = [f"s{number}" if name == "sample" else draw(cell) for name in header]
        rows.append(row[: len(row) - (draw(st.integers(0, 9)) == 0)])
    end = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    lines = [draw(st.sampled_from("\t" * 9 + ",")).join(row) for row in rows]
    for _ in range(draw(st.integers(0, 2))):
        lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(["", "# x", " "])))
    mark = b"\xef\xbb\xbf" if draw(st.booleans()) else b""
    return mark + (end.join(lines) + (end if draw(st.booleans()) else "")).encode()


def check_sheet(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        samples = load_sheet(path)
    except ConfigError as error:
        assert_one_line(error, path)
        return
    rows = plain_readers.plain_sheet(content)
    assert len(samples) == len(rows)
    for row, sample in zip(rows, samples.values(), strict=True):
        assert row.items() <= sample.items()
        assert not any(value for column, value in sample.items() if column not in row)


@pytest.mark.parametrize("amount", AMOUNTS)
def test_a_sample_sheet_is_read_whole_or_refused(amount, tmp_path, schema_read_once, survived):
    strategy = st.one_of(sheets(), sheets(), any_bytes(b"sample\tfactor\tcell\tpeaks\tatac\n"))
    try_examples(strategy, partial(check_sheet, tmp_path / "samples.tsv"), amount)
    survived("fuzzed inputs", amount)


KEYS = [place for place, _, _ in leaves(load_schema(CONFIG_SCHEMA))]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(0, 20),
    st.floats(),
    st.floats(0, 1),
    st.text(max_size=8),
    st.dates(),
    st.binary(max_size=3),
    st.sampled_from(
        [10**19, -1, 20.0, "1e-3", "chr1", "none", "dream", "fusion_cnn", "a\n", "{x}"]
    ),
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.text(max_size=5), st.integers()), inner, max_size=3),
    ),
    max_leaves=4,
)


@st.composite
def configs(draw) -> dict:
    """The smallest config, with some keys set to anything, some of it in place."""
    config: dict = {**MINIMAL, "references": dict(MINIMAL["references"])}
    model = st.sampled_from(["fusion_cnn", "sequence_cnn", "mine", 7, "a\nb", "fold-1"])
    for _ in range(draw(st.integers(1, 3))):
        *sections, last = draw(st.sampled_from(KEYS)).replace("*", "fusion_cnn").split(".")
        section = config
        for name in sections:
            name = draw(model) if name == "fusion_cnn" else name
            section = section.setdefault(name, {})
            if not isinstance(section, dict):
                break
        else:
            section[last] = draw(ANYTHING)
    return config


def kept(given_: object, found: object) -> bool:
    """Whether all that is given is found, to any depth; null leaves a key open."""
    if isinstance(given_, dict):
        return all(key in found and kept(value, found[key]) for key, value in given_.items())
    return given_ is None or given_ == found


@pytest.fixture
def schema_read_once(monkeypatch):
    """Reading the schema takes most of the time of loading a config."""
    monkeypatch.setattr("cisfuse.config.settings.load_schema", cache(load_schema))
    monkeypatch.setattr("cisfuse.config.sheet.load_schema", cache(load_schema))


def check_config(config: dict) -> None:
    try:
        loaded = load(config, "my.yaml")
    except ConfigError as error:
        assert_one_line(error, "my.yaml")
        return
    assert kept(config, loaded)
    assert load(loaded, "my.yaml") == loaded
    try:
        checked = tasks.check_config(loaded, "my.yaml")
        check_models(checked, "my.yaml")
    except ConfigError as error:
        assert_one_line(error, "my.yaml")
    else:
        assert checked["training"]["selection_metric"]
    # What the rules make of it when they are read.
    assert list(range(1, loaded["training"]["rounds"] + 1))
    assert f"{loaded['examples']['shards']:05d}"
    for name in loaded["training"]["models"]:
        assert all(
            np.isfinite(v) for v in [model_settings(loaded["training"], name)["learning_rate"]]
        )


@pytest.mark.parametrize("amount", AMOUNTS)
def test_a_config_is_taken_whole_or_refused(amount, schema_read_once, survived):
    try_examples(configs(), check_config, amount)
    survived("fuzzed inputs", amount)


def check_mapping(path: Path, pairs: list[tuple[str, str]]) -> None:
    """A key that is there twice is refused, at any depth; all else is left to Snakemake."""
    inner = "".join(f"  {key}: {value}\n" for key, value in pairs)
    for text in ("".join(f"{key}: {value}\n" for key, value in pairs), f"top:\n{inner}"):
        path.write_text(text, encoding="utf-8")
        try:
            content = yaml.safe_load(text)
        except yaml.YAMLError:
            return
        assert isinstance(content, dict)
        if len({key for key, _ in pairs}) == len(pairs):
            check_repeats(path)
        else:
            with pytest.raises(ConfigError, match="is there twice; keep") as caught:
                check_repeats(path)
            assert_one_line(caught.value, path)


@pytest.mark.parametrize("amount", AMOUNTS)
def test_a_key_that_is_there_twice_is_refused(amount, tmp_path, survived):
    key = st.sampled_from(["study", "samples", "a", "b c", "7", "'7'", "yes", "\u00e9"])
    value = st.sampled_from(["1", "x", "[1, 2]", "{a: 1}", "'a: b'", "- 1", ""])
    pairs = st.lists(st.tuples(key, value), min_size=1, max_size=5)
    try_examples(pairs, partial(check_mapping, tmp_path / "my.yaml"), amount)
    survived("fuzzed inputs", amount)


def check_request(text: str) -> None:
    for parse, key in ((parse_span, "spans"), (parse_variant, "variants")):
        try:
            request = parse(text)
            parse_requests(*(([text], []) if key == "spans" else ([], [text])))
        except ConfigError as error:
            assert_one_line(error, f"config: interpretation.{key}")
            continue
        place, _, rest = text.strip().replace(",", "").rpartition(":")
        if key == "spans":
            start, _, end = rest.partition("-")
            assert (request.chrom.replace(",", ""), request.start, request.end) == (
                place,
                int(start),
                int(end),
            )
        else:
            chrom, _, position = place.rpartition(":")
            assert (request.chrom.replace(",", ""), request.end) == (chrom, int(position))
            assert f"{request.reference}>{request.alternative}" == rest.upper()


@pytest.mark.parametrize("amount", AMOUNTS)
def test_a_request_is_understood_or_refused(amount, survived):
    signs = ["chr1", "chr22", "x:y", ":", "-", ">", "A", "g", "T", "5", "1,000", "7", "0", ","]
    odd = ["\n", " ", "{", "9" * 5000, "\u0663", "\u00e9", "\x00"]
    part = st.sampled_from([*signs, *odd])
    good = st.builds("chr1:{}-{}".format, st.integers(0, 99), st.integers(0, 10**21))
    variant = st.builds(
        "chr1:{}:{}>{}".format, st.integers(0, 99), *[st.sampled_from("ACGTacNx")] * 2
    )
    strategy = st.one_of(
        good, variant, st.lists(part, max_size=8).map("".join), st.text(max_size=20)
    )
    try_examples(strategy, check_request, amount)
    survived("fuzzed inputs", amount)


def check_span_table(path: Path, rows: list[tuple]) -> None:
    columns = ["name", "chrom", "start", "end", "label", "split"]
    table = pd.DataFrame(rows, columns=columns).sort_values("chrom", kind="stable")
    write_table(table, path)
    same_rows(read_table(path), list(table.itertuples(index=False, name=None)))
    parts = list(read_by_chromosome(path))
    same_rows(pd.concat(parts), list(table.itertuples(index=False, name=None)))
    assert len(parts) == max(table["chrom"].nunique(), 1)


def check_damaged_table(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    for read in (read_table, lambda path: list(read_by_chromosome(path))):
        try:
            read(path)
        except DamagedFileError as error:
            assert_one_line(error, path)


@pytest.mark.parametrize("amount", AMOUNTS)
def test_a_table_of_spans_is_read_as_it_was_written(amount, tmp_path, survived):
    name = st.sampled_from([text for text in CHROMOSOMES if text.strip()])
    row = st.tuples(name, name, *[st.integers(0, 10**15)] * 2, st.integers(0, 1), st.just("train"))
    rows = st.lists(row, max_size=6)
    try_examples(rows, partial(check_span_table, tmp_path / "spans.tsv.gz"), amount)
    survived("fuzzed inputs", amount)


@pytest.mark.parametrize("amount", AMOUNTS)
def test_a_damaged_table_of_spans_is_named(amount, tmp_path, survived):
    header = b"name\tchrom\tstart\tend\tlabel\tsplit\n"
    strategy = st.one_of(
        tables([SPAN_NAMES, *INTERVAL]), any_bytes(header, b"chrom\n", b"\x1f\x8b")
    )
    try_examples(strategy, partial(check_damaged_table, tmp_path / "spans.tsv"), amount)
    survived("fuzzed inputs", amount)
