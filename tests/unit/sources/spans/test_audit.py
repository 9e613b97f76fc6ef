"""The audit finds leaks that were planted, counts them, and finds none where there is none."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import pearsonr
from sklearn.metrics import average_precision_score, roc_auc_score

from cisfuse.base.files import write_table
from cisfuse.dna.sequences import reverse_complement
from cisfuse.readers.genome import index_fasta
from cisfuse.sources.spans import audit_copies
from cisfuse.sources.spans.audit import (
    audit_sample,
    audit_splits,
    check_lookup,
    check_neighbours,
    check_peaks,
    tile_distance,
)
from cisfuse.sources.spans.audit_copies import check_duplicates, hash_sequences
from cisfuse.sources.spans.audit_words import audit_rows, describe_audit, is_leaking
from cisfuse.sources.splits import assign_splits
from cisfuse.tasks.activity import target as activity
from cisfuse.tasks.binding import target as binding

LENGTH = 20
CHROMOSOMES = ["chr2", "chr10", "chr1"]
SETTINGS = {
    "fractions": {"train": 0.6, "valid": 0.2, "test": 0.2},
    "seed": 0,
    "block_size": 1000,
    "gap": 1,
    "chromosomes": {"valid": [], "test": []},
}


def make_genome(size: int, letters: bytes = b"ACGT", seed: int = 0) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(seed)
    letters = np.frombuffer(letters, np.uint8)
    return {chrom: generator.choice(letters, size) for chrom in CHROMOSOMES}


def random_spans(seed: int, count: int = 400, size: int = 5000) -> pd.DataFrame:
    """Spans that overlap, touch or lie apart, positives in runs, at random in a split."""
    generator = np.random.default_rng(seed)
    tables = []
    for chrom in CHROMOSOMES:
        start = np.sort(generator.choice(size - LENGTH, count, replace=False))
        start = np.unique(start // 4 * 4)
        label = np.repeat(generator.binomial(1, 0.2, len(start)), 3)[: len(start)]
        split = generator.choice(["train", "valid", "test"], len(start), p=[0.3, 0.3, 0.4])
        columns = {"start": start, "end": start + LENGTH, "label": label, "split": split}
        tables.append(pd.DataFrame({"chrom": chrom, **columns}))
    return pd.concat(tables, ignore_index=True)


def positive(spans: pd.DataFrame) -> np.ndarray:
    return (spans["label"] == 1).to_numpy()


def next_to(one, other) -> bool:
    return one.chrom == other.chrom and one.start <= other.end and other.start <= one.end


def rows_of(spans: pd.DataFrame, split: str) -> list:
    return [row for row in spans.itertuples() if row.split == split]


@pytest.mark.parametrize("seed", range(3))
def test_neighbours_and_lookup_equal_loops(seed):
    spans = random_spans(seed, count=150)
    train = rows_of(spans, "train")
    for split in ("valid", "test"):
        positives = [row for row in rows_of(spans, split) if row.label]
        count = sum(any(next_to(p, t) and t.label for t in train) for p in positives)
        name = f"{split}_positives_next_to_train_positive"
        assert check_neighbours(spans, positive(spans), split, "positive") == (
            name,
            count,
            len(positives),
            count / len(positives),
        )
        assert 0 < count < len(positives)
    scores, found = [], 0
    for row in rows_of(spans, "test"):
        labels = [t.label for t in train if next_to(row, t)]
        scores.append(np.mean(labels) if labels else 0)
        found += bool(labels)
    labels = spans.loc[spans["split"] == "test", "label"].to_numpy()
    assert 0 < found < len(labels)
    assert check_lookup(spans, binding) == [
        ("neighbour_lookup_roc_auc", found, len(labels), roc_auc_score(labels, scores)),
        (
            "neighbour_lookup_average_precision",
            found,
            len(labels),
            average_precision_score(labels, scores),
        ),
    ]


@pytest.mark.parametrize("seed", range(3))
def test_cut_peaks_equal_a_loop(seed):
    spans = random_spans(seed, count=150)
    peaks: list[list] = []
    for row in spans[spans["label"] == 1].itertuples():
        if peaks and any(next_to(row, other) for other in peaks[-1]):
            peaks[-1].append(row)
        else:
            peaks.append([row])
    cut = sum(len({row.split for row in peak}) > 1 for peak in peaks)
    tested = [{row.split for row in peak} for peak in peaks]
    tested = [splits for splits in tested if "test" in splits]
    reaching = sum("train" in splits for splits in tested)
    assert check_peaks(spans, positive(spans)) == [
        ("peaks_cut", cut, len(peaks), cut / len(peaks)),
        ("test_peaks_in_train", reaching, len(tested), reaching / len(tested)),
    ]
    assert 0 < cut < len(peaks)


@pytest.mark.parametrize("seed", range(3))
def test_duplicates_equal_a_loop_over_bytes(seed, monkeypatch):
    """Few letters and short spans repeat often; pieces end between the spans of one split."""
    monkeypatch.setattr(audit_copies, "PIECE_SPANS", 37)
    genome = make_genome(5000, b"AAATTTCGN", seed)
    spans = random_spans(seed)
    spans["end"] = spans["start"] + 6

    def bases(row) -> np.ndarray:
        return genome[row.chrom][row.start : row.end]

    known = {bases(row).tobytes() for row in rows_of(spans, "train")}
    known = {text for text in known if b"N" not in text}
    test = rows_of(spans, "test")
    repeated = [
        row
        for row in test
        if known & {bases(row).tobytes(), reverse_complement(bases(row)).tobytes()}
    ]
    positives = [row for row in test if row.label]
    of_positives = sum(row.label for row in repeated)
    assert 0 < of_positives < len(repeated) < len(test)
    assert check_duplicates(spans, positive(spans), genome.get, "positive") == [
        ("duplicate_spans", len(repeated), len(test), len(repeated) / len(test)),
        ("duplicate_positives", of_positives, len(positives), of_positives / len(positives)),
    ]


def test_sequences_get_one_number_for_both_strands_and_others_for_others():
    generator = np.random.default_rng(0)
    sequences = generator.choice(np.frombuffer(b"ACGT", np.uint8), (3000, LENGTH))
    sequences = np.concatenate([sequences, reverse_complement(sequences)])
    sequences = np.concatenate([sequences, np.full((1, LENGTH), ord("N"), np.uint8)])
    start = np.arange(len(sequences)) * LENGTH
    spans = pd.DataFrame({"chrom": "chr1", "start": start, "end": start + LENGTH})
    hashes, known = hash_sequences(spans, {"chr1": sequences.ravel()}.get)
    np.testing.assert_array_equal(hashes[:3000], hashes[3000:6000])
    assert len(np.unique(hashes[:3000])) == 3000
    assert known[:6000].all()
    assert not known[6000]
    changed = sequences.copy()
    changed[0, 7] = ord("C") if changed[0, 7] == ord("A") else ord("A")
    assert hash_sequences(spans, {"chr1": changed.ravel()}.get)[0][0] != hashes[0]


def planted() -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Six spans of train far from five of test and two of valid, on a random chromosome."""
    rows = [(100 * number, 0, "train") for number in range(6)]
    rows += [(100 * number, 0, "test") for number in range(10, 15)]
    rows += [(100 * number, 0, "valid") for number in range(20, 22)]
    spans = pd.DataFrame(rows, columns=["start", "label", "split"])
    spans.insert(0, "chrom", "chr1")
    spans.insert(2, "end", spans["start"] + LENGTH)
    spans.loc[[0, 6, 11], "label"] = 1
    return spans, make_genome(3000)


def counts(spans: pd.DataFrame, genome: dict) -> dict[str, tuple[int, int]]:
    audit = audit_splits(spans.sort_values("start", ignore_index=True), genome.get, binding)
    assert audit.columns.tolist() == ["check", "count", "of", "value"]
    return {row.check: (row.count, row.of) for row in audit.itertuples()}


CLEAN = {
    "test_positives_next_to_train_positive": (0, 1),
    "valid_positives_next_to_train_positive": (0, 1),
    "test_spans_over_train": (0, 5),
    "neighbour_lookup_roc_auc": (0, 5),
    "neighbour_lookup_average_precision": (0, 5),
    "peaks_cut": (0, 3),
    "test_peaks_in_train": (0, 1),
    "duplicate_spans": (0, 5),
    "duplicate_positives": (0, 1),
    "near_duplicate_spans": (0, 5),
    "near_duplicate_positives": (0, 1),
}


def test_nothing_is_found_where_nothing_is_planted():
    assert counts(*planted()) == CLEAN


@pytest.mark.parametrize(("distance", "found"), [(LENGTH, True), (3, True), (LENGTH + 1, False)])
def test_a_positive_next_to_a_train_positive_is_found(distance, found):
    spans, genome = planted()
    spans.loc[6, ["start", "end"]] = [distance, distance + LENGTH]
    touched = {
        "test_positives_next_to_train_positive": (1, 1),
        "neighbour_lookup_roc_auc": (1, 5),
        "neighbour_lookup_average_precision": (1, 5),
        "peaks_cut": (1, 2),
        "test_peaks_in_train": (1, 1),
        "test_spans_over_train": (int(distance < LENGTH), 5),
    }
    assert counts(spans, genome) == CLEAN | (touched if found else {})


def test_a_positive_of_valid_next_to_a_train_positive_is_found():
    spans, genome = planted()
    spans.loc[11, ["start", "end"]] = [LENGTH, 2 * LENGTH]
    touched = {"valid_positives_next_to_train_positive": (1, 1), "peaks_cut": (1, 2)}
    assert counts(spans, genome) == CLEAN | touched


@pytest.mark.parametrize("strand", ["forward", "reverse"])
@pytest.mark.parametrize(("row", "positives"), [(6, 1), (8, 0)])
def test_a_repeated_sequence_is_found_on_either_strand(strand, row, positives):
    spans, genome = planted()
    copy = genome["chr1"][300 : 300 + LENGTH]
    start = spans.loc[row, "start"]
    genome["chr1"][start : start + LENGTH] = (
        copy if strand == "forward" else reverse_complement(copy)
    )
    repeats = {
        f"{kind}duplicate_{words}": found
        for kind in ("", "near_")
        for words, found in (("spans", (1, 5)), ("positives", (positives, 1)))
    }
    assert counts(spans, genome) == CLEAN | repeats
    genome["chr1"][300] = genome["chr1"][start] = genome["chr1"][start + LENGTH - 1] = ord("N")
    assert counts(spans, genome) == CLEAN


def tiles(chromosomes: list[str], count: int, stride: int) -> pd.DataFrame:
    generator = np.random.default_rng(0)
    start = np.arange(count) * stride
    tables = [
        pd.DataFrame(
            {
                "chrom": chrom,
                "start": start,
                "end": start + LENGTH,
                "label": np.repeat(generator.binomial(1, 0.1, count), 3)[:count],
            }
        )
        for chrom in chromosomes
    ]
    return pd.concat(tables, ignore_index=True)


@pytest.mark.parametrize("stride", [LENGTH, 7])
@pytest.mark.parametrize(
    ("method", "chromosomes"), [("blocks", CHROMOSOMES[:1]), ("chromosomes", CHROMOSOMES)]
)
def test_splits_by_place_leak_nothing(method, chromosomes, stride):
    spans = tiles(chromosomes, 1000, stride)
    spans["split"], _ = assign_splits(spans, {**SETTINGS, "method": method}, binding)
    spans = spans[spans["split"] != ""].reset_index(drop=True)
    audit = audit_splits(spans, make_genome(1000 * LENGTH).get, binding)
    test = spans[spans["split"] == "test"]
    value = audit.set_index("check")["value"]
    assert (audit["count"] == 0).all()
    assert value["neighbour_lookup_roc_auc"] == 0.5
    assert value["neighbour_lookup_average_precision"] == pytest.approx(test["label"].mean())
    assert not is_leaking(audit, method)
    assert describe_audit(audit, method).startswith("Nothing leaks: ")


def test_a_random_split_leaks_and_the_words_say_so_first():
    spans = tiles(CHROMOSOMES[:1], 1000, LENGTH)
    spans["split"], _ = assign_splits(spans, {**SETTINGS, "method": "random"}, binding)
    audit = audit_splits(spans, make_genome(1000 * LENGTH).get, binding)
    row = audit.set_index("check").loc["test_positives_next_to_train_positive"]
    assert row["value"] > 0.5
    assert is_leaking(audit, "random")
    text = describe_audit(audit, "random")
    assert text.startswith("Warning: scores on test are too good, because the split is random.")
    share = f"{row['count']:,.0f} of {row['of']:,.0f} ({100 * row['value']:.1f} %)"
    assert f"lie {share} positives of test" in text
    assert "without any model" in text
    lookup = audit.set_index("check").loc["neighbour_lookup_roc_auc"]
    share = f"{lookup['count']:,.0f} of {lookup['of']:,.0f}"
    share += f" ({100 * lookup['count'] / lookup['of']:.1f} %)"
    assert f"which has {share} test spans to go by" in text
    given = describe_audit(audit, "given")
    assert given.startswith("Warning: ")
    assert "because train and test lie side by side." in given


def test_a_random_split_is_warned_of_even_where_no_neighbours_are():
    spans, genome = planted()
    audit = audit_splits(spans, genome.get, binding)
    assert describe_audit(audit, "random").startswith("Warning: ")
    spans.loc[11, ["start", "end"]] = [LENGTH, 2 * LENGTH]
    audit = audit_splits(spans.sort_values("start", ignore_index=True), genome.get, binding)
    assert not is_leaking(audit, "given")
    assert "splits touch elsewhere" in describe_audit(audit, "given")


def with_activities(spans: pd.DataFrame) -> pd.DataFrame:
    values = np.random.default_rng(4).normal(2, 3, len(spans))
    return spans.drop(columns="label").assign(activity=values)


@pytest.mark.parametrize("seed", range(3))
def test_the_audit_of_activities_equals_loops_over_all_spans(seed):
    spans = with_activities(random_spans(seed, count=120))
    genome = make_genome(5000, seed=seed)
    audit = audit_splits(spans, genome.get, activity)
    assert audit["check"].tolist() == [
        "test_examples_next_to_train_example",
        "valid_examples_next_to_train_example",
        "test_spans_over_train",
        "neighbour_lookup_pearson",
        "peaks_cut",
        "test_peaks_in_train",
        "duplicate_spans",
        "duplicate_examples",
        "near_duplicate_spans",
        "near_duplicate_examples",
    ]
    found = audit.set_index("check")
    train = rows_of(spans, "train")
    for split in ("valid", "test"):
        own = rows_of(spans, split)
        beside = sum(any(next_to(row, other) for other in train) for row in own)
        row = found.loc[f"{split}_examples_next_to_train_example"]
        assert (row["count"], row["of"]) == (beside, len(own))
        assert row["value"] == pytest.approx(beside / len(own))
    test, looked_up = rows_of(spans, "test"), []
    for row in test:
        values = [other.activity for other in train if next_to(row, other)]
        looked_up.append(np.mean(values) if values else 0)
    expected = pearsonr([row.activity for row in test], looked_up).statistic
    row = found.loc["neighbour_lookup_pearson"]
    assert row["value"] == pytest.approx(expected, rel=1e-9)
    assert row["count"] == np.count_nonzero(looked_up)
    runs: list[list] = []
    for row in spans.itertuples():
        if runs and any(next_to(row, other) for other in runs[-1]):
            runs[-1].append(row)
        else:
            runs.append([row])
    cut = sum(len({row.split for row in run}) > 1 for run in runs)
    assert found.loc["peaks_cut", ["count", "of"]].tolist() == [cut, len(runs)]
    same = found.loc[["duplicate_spans", "duplicate_examples"], ["count", "of"]]
    assert same.iloc[0].tolist() == same.iloc[1].tolist()


def test_activities_split_by_place_leak_nothing_and_have_no_look_up():
    spans = tiles(CHROMOSOMES[:1], 1000, LENGTH)
    spans = with_activities(spans)
    spans["split"], _ = assign_splits(spans, {**SETTINGS, "method": "blocks"}, activity)
    spans = spans[spans["split"] != ""].reset_index(drop=True)
    audit = audit_splits(spans, make_genome(1000 * LENGTH).get, activity)
    assert (audit["count"] == 0).all()
    assert np.isnan(audit.set_index("check")["value"]["neighbour_lookup_pearson"])
    assert not is_leaking(audit, "blocks")
    text = describe_audit(audit, "blocks")
    assert text.startswith("Nothing leaks: ")
    assert ", scores Pearson undefined on test, since it is a constant." in text
    rows = dict(audit_rows(audit))
    lookup = rows["Pearson of looking up the values of neighbours in train"]
    assert lookup.startswith("undefined (0 of ")
    assert "Test positives next to a train positive" not in rows
    assert rows["Test spans next to a train span"].startswith("0 of ")
    assert "Runs of touching spans in more than one split" in rows
    for words in (text, *rows):
        assert "positive" not in words
        assert "peak" not in words.lower()


def test_a_random_split_of_activities_leaks_in_words_of_its_own():
    spans = with_activities(tiles(CHROMOSOMES[:1], 1000, LENGTH))
    spans["activity"] = np.repeat(spans["activity"].to_numpy()[::20], 20)
    spans["split"], _ = assign_splits(spans, {**SETTINGS, "method": "random"}, activity)
    audit = audit_splits(spans, make_genome(1000 * LENGTH).get, activity)
    assert is_leaking(audit, "random")
    assert is_leaking(audit, "given")
    text = describe_audit(audit, "given")
    assert text.startswith("Warning: scores on test are too good, because train and test lie side")
    assert "A look-up of the values of neighbours in train" in text
    pearson = audit.set_index("check")["value"]["neighbour_lookup_pearson"]
    assert pearson > 0.5
    assert f"scores Pearson {pearson:.3f} on test without any model." in text
    rows = dict(audit_rows(audit))
    assert rows["Pearson of looking up the values of neighbours in train"].startswith(
        f"{pearson:.3f} ("
    )


@pytest.mark.parametrize("target", [binding, activity])
def test_a_table_is_audited_with_its_genome(target, tmp_path):
    """Files are read as tables and genomes are; columns that an audit does not need are there."""
    spans, genome = planted()
    spans = spans if target is binding else with_activities(spans)
    spans = spans.sort_values("start", ignore_index=True)
    fasta = tmp_path / "genome.fa"
    fasta.write_bytes(b">chr1\n" + genome["chr1"].tobytes() + b"\n")
    index_fasta(fasta, fasta)
    paths = {"spans": str(tmp_path / "spans.tsv.gz"), "fasta": str(fasta)}
    write_table(spans.assign(name="", accessibility=1.0), paths["spans"])
    expected = audit_splits(spans, genome.get, target)
    pd.testing.assert_frame_equal(audit_sample(paths, target), expected)


def wide_peak(split: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Nine tiles under one peak, and the kept ones among others; "" is in the gap."""
    start = LENGTH * np.arange(30)
    spans = pd.DataFrame({"chrom": "chr1", "start": start, "end": start + LENGTH})
    spans["label"] = ((start >= 10 * LENGTH) & (start < 19 * LENGTH)).astype(int)
    spans["split"] = ["train"] * 13 + split + ["test"] * 14
    spans.loc[28:, "label"] = [0, 1]
    left_out = spans[(spans["split"] == "") & (spans["label"] == 1)]
    return spans[spans["split"] != ""].reset_index(drop=True), left_out.drop(columns="split")


def test_a_peak_wider_than_the_gap_is_found_through_the_spans_in_the_gap():
    spans, left_out = wide_peak(["", "", ""])
    audit = audit_splits(spans, make_genome(700).get, binding, left_out)
    found = audit.set_index("check")
    assert found.loc["peaks_cut", ["count", "of"]].tolist() == [1, 2]
    assert found.loc["test_peaks_in_train", ["count", "of"]].tolist() == [1, 2]
    assert found.loc["test_positives_next_to_train_positive", "count"] == 0
    assert is_leaking(audit, "blocks")
    assert "because peaks reach from test into train" in describe_audit(audit, "blocks")
    without = audit_splits(spans, make_genome(700).get, binding).set_index("check")
    assert without.loc["peaks_cut", ["count", "of"]].tolist() == [0, 3]


def test_a_peak_in_the_gap_alone_is_none_of_a_split():
    spans, left_out = wide_peak(["", "", ""])
    spans = spans[(spans["start"] < 10 * LENGTH) | (spans["start"] >= 19 * LENGTH)]
    audit = audit_splits(spans, make_genome(700).get, binding, left_out).set_index("check")
    assert audit.loc["peaks_cut", ["count", "of"]].tolist() == [0, 1]


def test_a_peak_over_tiles_that_do_not_touch_is_found_too():
    """A stride longer than a span: of a peak only every other stretch is a span."""
    spans, left_out = wide_peak(["", "", ""])
    for table in (spans, left_out):
        table["start"] *= 2
        table["end"] = table["start"] + LENGTH
    spans.loc[len(spans) - 3, "label"] = 1  # one tile before the last positive's is none of its
    genome = make_genome(7000)
    audit = audit_splits(spans, genome.get, binding, left_out).set_index("check")
    assert audit.loc["peaks_cut", ["count", "of"]].tolist() == [1, 3]
    assert audit.loc["test_peaks_in_train", ["count", "of"]].tolist() == [1, 3]
    assert audit.loc["test_positives_next_to_train_positive", "count"] == 0


@pytest.mark.parametrize(
    ("starts", "distance"),
    [
        ([0, LENGTH, 4 * LENGTH], 0),
        ([0, LENGTH // 2, 3 * LENGTH], 0),
        ([0, 50, 100], 50 - LENGTH),
        ([0, 0, 50, 200], 50 - LENGTH),  # a sample beside the one that it follows
        ([0, 50, 120], 0),
        ([7], 0),
        ([], 0),
    ],
)
def test_tiles_that_do_not_touch_have_a_distance_and_other_spans_none(starts, distance):
    start = np.array(starts, int)
    tables = [
        pd.DataFrame({"chrom": chrom, "start": start + first})
        for chrom, first in (("chr1", 0), ("chr2", 5))
    ]
    spans = pd.concat(tables, ignore_index=True)
    assert tile_distance(spans.assign(end=spans["start"] + LENGTH)) == distance


def written(tmp_path, name: str, table: pd.DataFrame) -> str:
    path = str(tmp_path / name)
    write_table(table, path)
    return path


def test_left_out_spans_are_read_from_the_tables_of_labels(tmp_path):
    spans, left_out = wide_peak(["", "", ""])
    labelled = pd.concat([spans.drop(columns="split"), left_out]).sort_values("start")
    genome = tmp_path / "genome.fa"
    genome.write_text(f">chr1\n{make_genome(700)['chr1'].tobytes().decode()}\n")
    index_fasta(genome)
    inputs = {
        "spans": written(tmp_path, "spans.tsv.gz", spans),
        "labelled": [
            written(tmp_path, "a.tsv.gz", labelled[:14]),
            written(tmp_path, "b.tsv.gz", labelled[14:]),
        ],
        "trained": [],
        "fasta": str(genome),
    }
    found = audit_sample(inputs, binding)
    pd.testing.assert_frame_equal(
        found, audit_splits(spans, make_genome(700).get, binding, left_out)
    )


def transferred(tmp_path, spans: pd.DataFrame, trained: pd.DataFrame, genome: dict) -> dict:
    path = tmp_path / "genome.fa"
    lines = [f">{chrom}\n{bases.tobytes().decode()}\n" for chrom, bases in genome.items()]
    path.write_text("".join(lines))
    index_fasta(path)
    inputs = {
        "spans": written(tmp_path, "own.tsv.gz", spans),
        "trained": written(tmp_path, "other.tsv.gz", trained),
        "labelled": [written(tmp_path, "labelled.tsv.gz", spans.drop(columns="split"))],
        "fasta": str(path),
    }
    audit = audit_sample(inputs, binding)
    return {row.check: (row.count, row.of) for row in audit.itertuples()}


def test_test_spans_of_a_sample_are_held_against_train_of_its_models(tmp_path):
    """Its own train spans, which nothing is trained on, count for nothing."""
    own, genome = planted()
    own = own.sort_values("start", ignore_index=True)
    trained = own.copy()
    assert transferred(tmp_path, own, trained, genome) == CLEAN
    # Test of the one beside train of the other; the same place; the same sequence elsewhere.
    moved = trained.assign(split="valid")
    rows = {"chrom": "chr1", "end": 0, "label": 1, "split": "train"}
    test = own.loc[own["split"] == "test", "start"].tolist()
    places = [test[0] + LENGTH, test[1], 2700]
    extra = pd.DataFrame([{**rows, "start": place} for place in places])
    extra["end"] = extra["start"] + LENGTH
    moved = pd.concat([moved, extra]).sort_values("start", ignore_index=True)
    genome["chr1"][2700 : 2700 + LENGTH] = genome["chr1"][test[2] : test[2] + LENGTH]
    found = transferred(tmp_path, own, moved, genome)
    copies = {"duplicate_spans": (2, 5), "near_duplicate_spans": (2, 5)}
    assert found == CLEAN | copies | {
        "test_positives_next_to_train_positive": (1, 1),
        "test_spans_over_train": (1, 5),
        "neighbour_lookup_roc_auc": (2, 5),
        "neighbour_lookup_average_precision": (2, 5),
        # The first is one peak with test's positive; the two others are of train alone.
        "peaks_cut": (1, 4),
        "test_peaks_in_train": (1, 1),
    }


def test_the_words_name_the_sample_whose_models_are_scored():
    spans, genome = planted()
    audit = audit_splits(spans, genome.get, binding)
    assert "Train is that of the sample hepg2, " in describe_audit(audit, "as hepg2")
    assert "Train is that of" not in describe_audit(audit, "blocks")
