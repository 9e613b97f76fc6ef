"""Folds are pooled on one scale, every span once, in the order of the genome."""

import numpy as np
import pandas as pd
import pytest

from cisfuse.base.errors import DamagedFileError
from cisfuse.base.files import write_table
from cisfuse.evaluation.pooling import pool_folds as pool
from cisfuse.statistics.calibration import fit_platt
from cisfuse.tasks.registry import part_of


def pool_folds(paths, task: str = "binding", **options):
    return pool(paths, part_of(task, "target"), part_of(task, "scores"), **options)


def make_predictions(
    chrom: str, starts: list[int], seed: int, scale: float, offset: float
) -> pd.DataFrame:
    """Predictions whose logits are true log odds, scaled and shifted."""
    generator = np.random.default_rng(seed)
    log_odds = generator.normal(0, 2, len(starts))
    labels = (generator.random(len(starts)) < 1 / (1 + np.exp(-log_odds))).astype(int)
    start = np.array(starts, dtype=np.int64)
    names = [f"{chrom}:{first}-{first + 10}" for first in start]
    table = {"name": names, "chrom": chrom, "start": start, "end": start + 10, "label": labels}
    return pd.DataFrame({**table, "logit": scale * log_odds + offset})


def write_fold(folder, number: int, test: pd.DataFrame, valid: pd.DataFrame) -> tuple[str, str]:
    paths = tuple(str(folder / f"{number}-{split}.tsv.gz") for split in ("test", "valid"))
    for path, table in zip(paths, (test, valid), strict=True):
        write_table(table, path)
    return paths


def test_folds_are_pooled_in_genome_order_each_on_its_own_scaling(tmp_path):
    tests = [
        pd.concat(
            [make_predictions("chr2", [50, 70], 1, 3, 5), make_predictions("chr1", [30], 2, 3, 5)]
        ),
        pd.concat(
            [make_predictions("chr1", [10, 90], 3, 1, 0), make_predictions("chr2", [60], 4, 1, 0)]
        ),
    ]
    valids = [
        make_predictions("chr3", list(range(0, 4000, 10)), 5, 3, 5),
        make_predictions("chr3", list(range(0, 4000, 10)), 6, 1, 0),
    ]
    folds = zip(tests, valids, strict=True)
    paths = [write_fold(tmp_path, number, *fold) for number, fold in enumerate(folds)]
    pooled, scalings = pool_folds(paths)
    assert pooled["name"].tolist() == [
        "chr2:50-60",
        "chr2:60-70",
        "chr2:70-80",
        "chr1:10-20",
        "chr1:30-40",
        "chr1:90-100",
    ]
    assert pooled.columns.tolist() == ["name", "chrom", "start", "end", "label", "logit"]
    for test, valid, scaling in zip(tests, valids, scalings, strict=True):
        assert scaling == fit_platt(valid["label"].to_numpy(), valid["logit"].to_numpy())
        expected = test.set_index("name")["logit"] * scaling.slope + scaling.intercept
        found = pooled.set_index("name")["logit"][expected.index]
        np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_scales_of_folds_are_evened_out():
    """Two folds whose logits differ by scale and offset agree once they are calibrated."""
    starts = list(range(0, 60_000, 10))
    for scale, offset in ((1, 0), (4, -3)):
        valid = make_predictions("chr1", starts, 7, scale, offset)
        test = make_predictions("chr2", starts, 8, scale, offset)
        (platt,) = part_of("binding", "scores").fit_folds([valid], one_scale=False)
        true = make_predictions("chr2", starts, 8, 1, 0)["logit"]
        np.testing.assert_allclose(platt.slope * test["logit"] + platt.intercept, true, atol=0.5)


def test_scores_of_one_scale_keep_their_order_over_folds(tmp_path):
    tests = [make_predictions(f"chr{k}", [0, 10, 20, 30], k, 1, 0) for k in (1, 2)]
    # By themselves these would be scaled very differently.
    valids = [make_predictions(f"chr{k}", list(range(0, 2000, 10)), k, 1, 3 * k) for k in (3, 4)]
    folds = enumerate(zip(tests, valids, strict=True))
    paths = [write_fold(tmp_path, number, *fold) for number, fold in folds]
    raw = pd.concat(tests)["logit"].to_numpy()
    pooled, scalings = pool_folds(paths, one_scale=True)
    assert scalings[0] == scalings[1]
    assert (np.argsort(pooled["logit"].to_numpy()) == np.argsort(raw)).all()
    assert len(set(pool_folds(paths)[1])) == 2


def test_without_valid_predictions_logits_stay(tmp_path):
    test = make_predictions("chr1", [0, 10, 20], 9, 2, 1)
    pooled, scalings = pool_folds([write_fold(tmp_path, 0, test, test.iloc[:0])])
    assert pooled["logit"].tolist() == test["logit"].tolist()
    assert (scalings[0].slope, scalings[0].intercept) == (1, 0)


def test_a_span_in_two_folds_is_refused(tmp_path):
    first = make_predictions("chr1", [0, 10], 1, 1, 0)
    second = make_predictions("chr1", [20, 10], 2, 1, 0)
    paths = [write_fold(tmp_path, 0, first, first), write_fold(tmp_path, 1, second, first)]
    with pytest.raises(DamagedFileError, match=r"1-test.*chr1:10-20 is a test span of .*0-test"):
        pool_folds(paths)


def test_activities_of_folds_stay_in_their_unit(tmp_path):
    tables = [
        make_predictions(chrom, starts, seed, 1, 0)
        .drop(columns="label")
        .assign(activity=[0.5, -1.0])
        .rename(columns={"logit": "predicted"})
        for seed, (chrom, starts) in enumerate([("chr1", [30, 10]), ("chr2", [0, 20])])
    ]
    paths = [write_fold(tmp_path, number, table, table) for number, table in enumerate(tables)]
    pooled, scalings = pool_folds(paths, "activity")
    assert scalings == [None, None]
    assert pooled["name"].tolist() == ["chr1:10-20", "chr1:30-40", "chr2:0-10", "chr2:20-30"]
    expected = [*tables[0]["predicted"][::-1], *tables[1]["predicted"]]
    np.testing.assert_array_equal(pooled["predicted"], expected)
    assert pooled["activity"].tolist() == [-1.0, 0.5, 0.5, -1.0]


@pytest.mark.parametrize("one_scale", [True, False])
def test_of_a_run_without_rows_none_are_pooled(tmp_path, one_scale):
    empty = make_predictions("chr1", [10], 1, 1, 0).iloc[:0]
    paths = [write_fold(tmp_path, number, empty, empty) for number in range(3)]
    pooled, scalings = pool_folds(paths, one_scale=one_scale)
    assert pooled.columns.tolist() == empty.columns.tolist()
    assert (len(pooled), scalings) == (0, [])
