"""Requests are read, placed and cut as they were meant, and refused in words that help."""

import numpy as np
import pandas as pd
import pytest

from cisfuse.base.errors import ConfigError, InputError
from cisfuse.interpretation.request_windows import (
    COLUMNS,
    check_places,
    check_windows,
    cut_windows,
    place_requests,
    request_table,
    spans_near,
    splits_in,
    splits_of,
    what_is_known,
    window_starts,
    window_table,
    windows_on_spans,
)
from cisfuse.interpretation.requests import (
    Request,
    file_name,
    parse_requests,
    parse_span,
    parse_variant,
)

SIZES = {"chr1": 1000, "chr22": 500, "scaffold:7": 300}
LENGTH = 21


def letters_of(chrom: str) -> np.ndarray:
    generator = np.random.default_rng(len(chrom))
    return generator.choice(np.frombuffer(b"ACGT", np.uint8), SIZES[chrom])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("chr22:100-121", ("chr22", 100, 121)),
        (" chr22:1,100-2,121 ", ("chr22", 1100, 2121)),
        ("chr22:0-1", ("chr22", 0, 1)),
        ("scaffold:7:10-20", ("scaffold:7", 10, 20)),
    ],
)
def test_spans_are_half_open_and_counted_from_0(text, expected):
    request = parse_span(text)
    assert (request.chrom, request.start, request.end) == expected
    assert request.text == text
    assert not request.is_variant


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("chr22:101:A>G", ("chr22", 100, 101, "A", "G")),
        ("chr22:20,209,000:c>t", ("chr22", 20208999, 20209000, "C", "T")),
        ("scaffold:7:1:G>A", ("scaffold:7", 0, 1, "G", "A")),
    ],
)
def test_variants_are_counted_from_1(text, expected):
    request = parse_variant(text)
    found = (request.chrom, request.start, request.end, request.reference, request.alternative)
    assert found == expected
    assert request.is_variant


@pytest.mark.parametrize(
    ("spans", "variants", "reason"),
    [
        (["chr22:100"], [], "not of the form CHROM:START-END"),
        (["chr22 100 200"], [], "not of the form CHROM:START-END"),
        (["chr22:100-200x"], [], "not of the form"),
        (["chr22:-5-20"], [], "not of the form"),
        (["chr22:200-100"], [], "its end is not after its start"),
        (["chr22:7-7"], [], "its end is not after its start"),
        ([], ["chr22:100-200"], "not of the form CHROM:POSITION:REF>ALT"),
        ([], ["chr22:100:A/G"], "not of the form"),
        ([], ["chr22:0:A>G"], "the first position of a chromosome is 1"),
        ([], ["chr22:100:A>N"], "'N' is not one of A, C, G and T"),
        ([], ["chr22:100:AT>G"], "'AT' is not one of A, C, G and T"),
        ([], ["chr22:100:A>-"], "'-' is not one of A, C, G and T"),
        ([], ["chr22:100:A>a"], "both alleles are the same"),
        (["chr22:1-5", "chr22:1-5"], [], "its files would be those of 'chr22:1-5'"),
    ],
)
def test_what_cannot_be_read_is_refused(spans, variants, reason):
    with pytest.raises(ConfigError) as caught:
        parse_requests(spans, variants)
    assert reason in str(caught.value)
    key = "interpretation.spans" if spans else "interpretation.variants"
    assert str(caught.value).startswith(f"config: {key}: '{(spans + variants)[-1]}'")


def test_requests_come_in_the_order_of_the_config():
    texts = ["chr22:9-20", "chr1:1-5"], ["chr22:3:A>G", "chr1:2:C>G"]
    found = parse_requests(*texts)
    assert [request.text for request in found] == [*texts[0], *texts[1]]
    assert parse_requests([], []) == []


def test_files_have_names_that_every_system_takes():
    assert file_name("chr22:20,209,000:A>G") == "chr22-20-209-000-A-G"
    assert file_name("HLA*01_x.1:5-9") == "HLA-01_x.1-5-9"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("22:10-50", "near are 'chr22'"),
        ("Chr1:10-50", "near are 'chr1'"),
        ("plasmid:10-50", "there are 'chr1', 'chr22', 'scaffold:7'"),
        ("chr22:10-501", "chr22 has 500 bases in genome.fa"),
    ],
)
def test_places_that_the_genome_lacks_are_refused(text, words):
    with pytest.raises(ConfigError, match=r"interpretation\.spans") as caught:
        check_places([parse_span(text)], SIZES, "genome.fa")
    assert words in str(caught.value)
    assert f"'{text}'" in str(caught.value)


def test_a_place_at_the_very_end_is_in_the_genome():
    check_places([parse_span("chr22:10-500"), parse_variant("chr22:500:A>C")], SIZES, "g.fa")
    with pytest.raises(ConfigError, match="chr22 has 500 bases"):
        check_places([parse_variant("chr22:501:A>C")], SIZES, "g.fa")


def test_windows_lie_around_the_middle():
    def starts(length: int, *spans: str) -> list[int]:
        return window_starts([parse_span(text) for text in spans], length).tolist()

    # A span of the window's length is itself, be the length odd or even.
    assert starts(21, "chr1:100-121", "chr1:0-21") == [100, 0]
    assert starts(20, "chr1:100-120") == [100]
    assert starts(21, "chr1:100-201", "chr1:150-151") == [140, 140]
    for length in (20, 21):
        variant = parse_variant("chr1:111:A>C")
        start = window_starts([variant], length)[0]
        assert start <= variant.start < start + length
        assert abs((start + start + length) / 2 - (variant.start + 0.5)) <= 0.5
    assert window_starts([], 20).shape == (0,)


@pytest.mark.parametrize("text", ["chr22:0-10", "chr22:485-500"])
def test_windows_over_an_end_are_refused(text):
    requests = [parse_span(text)]
    starts = window_starts(requests, LENGTH)
    with pytest.raises(ConfigError, match=r"hangs over an end of chr22 \(0-500\)"):
        check_windows(requests, starts, LENGTH, SIZES)
    inside = [parse_span("chr22:0-21"), parse_span("chr22:479-500")]
    check_windows(inside, window_starts(inside, LENGTH), LENGTH, SIZES)


def variant_at(chrom: str, place: int, text_key: str = "interpretation.variants") -> Request:
    """A variant at a 0-based place whose reference is what is there."""
    there = chr(letters_of(chrom)[place])
    other = "ACGT"[("ACGT".index(there) + 1) % 4]
    return parse_variant(f"{chrom}:{place + 1}:{there}>{other}")


def test_sequences_are_those_of_the_genome():
    requests = [parse_span("chr22:30-51"), variant_at("chr1", 700), parse_span("chr1:0-21")]
    starts, read = window_starts(requests, LENGTH), []

    def reading(chrom: str) -> np.ndarray:
        read.append(chrom)
        return letters_of(chrom)

    found = cut_windows(requests, starts, LENGTH, reading)
    assert read == ["chr22", "chr1"]
    np.testing.assert_array_equal(found[0], letters_of("chr22")[30:51])
    np.testing.assert_array_equal(found[1], letters_of("chr1")[690:711])
    np.testing.assert_array_equal(found[2], letters_of("chr1")[:21])


def test_a_reference_allele_that_is_not_there_is_refused():
    there = variant_at("chr1", 700).reference
    wrong = next(base for base in "ACGT" if base != there)
    request = parse_variant(f"chr1:701:{wrong}>{there}")
    with pytest.raises(ConfigError) as caught:
        cut_windows([request], window_starts([request], LENGTH), LENGTH, letters_of)
    assert f"the genome has {there} at chr1:701, not {wrong}" in str(caught.value)


def test_a_variant_has_two_rows_that_differ_at_its_place():
    requests = [parse_span("chr22:30-51"), variant_at("chr1", 700)]
    starts = window_starts(requests, LENGTH)
    sequences = cut_windows(requests, starts, LENGTH, letters_of)
    known = pd.DataFrame(
        {"accessibility": np.float32([1.5, 0.25]), "label": [1, -1], "splits": ["test", ""]}
    )
    table = request_table(requests, starts, sequences, known)
    assert table.columns.tolist() == COLUMNS
    assert table["request"].tolist() == [requests[0].text] + 2 * [requests[1].text]
    assert table["allele"].tolist() == ["span", "reference", "alternative"]
    assert table["name"].tolist() == ["chr22:30-51", "chr1:690-711", "chr1:690-711"]
    assert table["place"].tolist() == [-1, 10, 10]
    assert table["label"].tolist() == [1, -1, -1]
    assert table["accessibility"].tolist() == [1.5, 0.25, 0.25]
    assert table["splits"].tolist() == ["test", "", ""]
    reference, alternative = table["sequence"][1:]
    differing = [i for i in range(LENGTH) if reference[i] != alternative[i]]
    assert differing == [10]
    assert reference[10] == requests[1].reference
    assert alternative[10] == requests[1].alternative
    # The window's own bytes were left alone.
    assert sequences[1].tobytes().decode() == reference


SPANS = pd.DataFrame(
    [
        ("chr1", 80, 101, "train"),
        ("chr1", 101, 122, "train"),
        ("chr1", 105, 126, "valid"),
        ("chr1", 126, 147, "test"),
        ("chr22", 100, 121, "test"),
    ],
    columns=["chrom", "start", "end", "split"],
)


def test_a_variant_goes_to_the_span_that_holds_it_in_the_middle():
    requests = [
        *(parse_variant(text) for text in ("chr1:117:A>C", "chr1:102:A>C", "chr1:300:A>C")),
        parse_span("chr1:110-131"),
    ]
    starts = window_starts(requests, LENGTH)
    assert starts.tolist() == [106, 91, 289, 110]
    moved = windows_on_spans(requests, starts, LENGTH, SPANS)
    # Spans are asked for as they are; a variant that no span holds stays where it was.
    assert moved.tolist() == [105, 101, 289, 110]
    assert windows_on_spans(requests, starts, 30, SPANS).tolist() == starts.tolist()


def test_splits_are_those_of_the_spans_that_a_window_overlaps():
    windows = pd.DataFrame(
        [("chr1", 100, 121), ("chr1", 140, 161), ("chr1", 147, 168), ("chr22", 90, 101)],
        columns=["chrom", "start", "end"],
    )
    assert splits_of(windows, SPANS) == ["train,valid", "test", "", "test"]
    assert splits_of(windows, SPANS[:0]) == [""] * 4
    for cut in range(len(SPANS) + 1):
        assert splits_in(windows, [SPANS[cut:], SPANS[:cut]]) == splits_of(windows, SPANS)
    assert splits_in(windows, []) == [""] * 4


def test_windows_that_are_spans_have_what_the_study_knows_of_them():
    spans = SPANS.assign(label=[1, 0, 1, 0, 1], accessibility=[0.5, 1.0, 2.0, 3.0, 4.0])
    requests = [
        *(parse_span(text) for text in ("chr1:101-122", "chr1:102-123", "chr22:100-121")),
        parse_span("chr1:500-521"),
    ]
    starts = window_starts(requests, LENGTH)
    windows, asked = window_table(requests, starts, LENGTH), []
    near = spans_near([spans[:3], spans[3:], spans[:0]], requests, starts, LENGTH)
    assert near["start"].tolist() == [80, 101, 105, 126, 100]
    far = [parse_span("chr1:500-521"), parse_span("chr1:168-189"), parse_span("chr22:142-163")]
    assert spans_near([spans], far, window_starts(far, LENGTH), LENGTH).empty
    close = [parse_span("chr1:167-188")]
    assert spans_near([spans], close, window_starts(close, LENGTH), LENGTH)["end"].tolist() == [147]

    def average(table: pd.DataFrame) -> np.ndarray:
        asked.extend(table["start"])
        return table["start"] / 1000

    known = what_is_known(windows, near, average, "atac.bw")
    assert asked == [102, 500]
    np.testing.assert_allclose(known["accessibility"], [1.0, 0.102, 4.0, 0.5], rtol=1e-6)
    assert known["accessibility"].dtype == np.float32
    assert known["label"].tolist() == [0, -1, 1, -1]
    assert known["splits"].tolist() == ["train,valid", "train,valid", "test", ""]
    with pytest.raises(InputError, match=r"atac\.bw: the signal is negative on chr1:102-123"):
        what_is_known(windows, near, lambda table: -average(table), "atac.bw")
    # Where the study knows all windows the signal is not read.
    asked.clear()
    what_is_known(windows[:1], near, average, "atac.bw")
    assert asked == []


@pytest.mark.parametrize("spans_only", [False, True])
def test_requests_are_placed_with_what_is_known_of_them(spans_only):
    """A variant is moved to a span of the study where the signal knows nothing else."""
    spans = SPANS.assign(label=[1, 0, 1, 0, 1], accessibility=[0.5, 1.0, 2.0, 3.0, 4.0])
    requests = [parse_span("chr22:100-121"), variant_at("chr1", 116)]
    found = place_requests(
        requests,
        LENGTH,
        sizes=SIZES,
        genome="genome.fa",
        pieces=[spans[:2], spans[2:]],
        read=letters_of,
        signal="atac.bw",
        average=lambda table: np.full(len(table), 9.0),
        spans_only=spans_only,
    )
    assert found.columns.tolist() == COLUMNS
    assert found["allele"].tolist() == ["span", "reference", "alternative"]
    start = 105 if spans_only else 106
    assert found["start"].tolist() == [100, start, start]
    assert found["place"].tolist() == [-1, 116 - start, 116 - start]
    assert found["accessibility"].tolist() == [4.0, *[2.0 if spans_only else 9.0] * 2]
    assert found["label"].tolist() == [1, *[1 if spans_only else -1] * 2]
    assert found["sequence"][0] == bytes(letters_of("chr22")[100:121]).decode()
    with pytest.raises(ConfigError, match=r"genome\.fa has no chromosome 'chr9'"):
        place_requests(
            [parse_span("chr9:1-22")],
            LENGTH,
            sizes=SIZES,
            genome="genome.fa",
            pieces=[spans],
            read=letters_of,
            signal="atac.bw",
            average=len,
            spans_only=spans_only,
        )
