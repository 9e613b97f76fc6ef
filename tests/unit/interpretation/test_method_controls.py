"""Methods stand beside a scan with matrices and beside other trainings, with their numbers."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score

from cisfuse.base.errors import DamagedFileError
from cisfuse.interpretation import method_controls
from cisfuse.interpretation.contributions import SCAN, project
from cisfuse.interpretation.method_controls import (
    LIKENESS,
    compare_with_scan,
    likeness,
    scan_row,
)
from cisfuse.interpretation.method_scores import Sites, similarity

COUNT, LENGTH, WIDTH = 24, 31, 7


def make_maps(seed: int, height: float) -> tuple[np.ndarray, np.ndarray]:
    """Maps and the mask of their sites; every fourth span has none."""
    generator = np.random.default_rng(seed)
    mask = np.zeros((COUNT, LENGTH), bool)
    for row, start in enumerate(np.random.default_rng(9).integers(LENGTH - WIDTH, size=COUNT)):
        mask[row, start : start + WIDTH] = row % 4 > 0
    return (generator.normal(size=mask.shape) + height * mask).astype(np.float32), mask


def make_spans() -> pd.DataFrame:
    """Spans in pairs that overlap, each pair far from the next."""
    starts = np.repeat(1000 * np.arange(COUNT // 2), 2) + np.tile([0, 20], COUNT // 2)
    names = [f"span-{row}" for row in range(COUNT)]
    return pd.DataFrame({"name": names, "chrom": "chr1", "start": starts, "end": starts + LENGTH})


def compare(maps, scan, mask, seed=0):
    return compare_with_scan(maps, scan, mask, make_spans(), seed)


def test_differences_are_those_of_average_precisions():
    scan, mask = make_maps(1, 1.5)
    maps = {"good": make_maps(2, 3)[0], "like": scan + 1, "bad": make_maps(3, 0.3)[0]}
    table = compare(maps, scan, mask)
    rows = mask.any(axis=1)
    for method, values in maps.items():
        one, other = (
            average_precision_score(mask[rows].ravel(), each[rows].ravel())
            for each in (values, scan)
        )
        assert table.loc[method, "scan_difference"] == pytest.approx(one - other)
    assert table.loc["good", "scan_low"] > 0 > table.loc["bad", "scan_high"]
    assert (table.loc["like"] == 0).all()
    assert (table["scan_low"] <= table["scan_difference"]).all()
    pd.testing.assert_frame_equal(table.loc[["bad"]], compare({"bad": maps["bad"]}, scan, mask))


def test_runs_of_spans_are_drawn_whole(monkeypatch):
    """Replicates equal a loop over the same draws of pairs."""
    monkeypatch.setattr(method_controls, "REPLICATES", 30)
    monkeypatch.setattr(method_controls, "AT_ONCE", 7)
    (scan, mask), (maps, _) = make_maps(1, 1.0), make_maps(2, 1.2)
    pairs = COUNT // 2
    draws = np.random.default_rng(5).multinomial(pairs, np.full(pairs, 1 / pairs), 30)
    differences = []
    for draw in draws:
        rows = [row for row in range(COUNT) for _ in range(draw[row // 2]) if mask[row].any()]
        one, other = (
            average_precision_score(mask[rows].ravel(), each[rows].ravel()) for each in (maps, scan)
        )
        differences.append(one - other)
    row = compare({"m": maps}, scan, mask, seed=5).loc["m"]
    expected = np.quantile(differences, method_controls.INTERVAL)
    np.testing.assert_allclose(row[["scan_low", "scan_high"]].to_numpy(float), expected)


def test_one_run_of_spans_has_no_interval():
    scan, mask = make_maps(1, 1.0)
    row = compare({"m": -scan}, scan, mask & (np.arange(COUNT) == 1)[:, None]).loc["m"]
    assert row["scan_difference"] < 0
    assert row[["scan_low", "scan_high"]].isna().all()


def test_without_known_sites_nothing_is_compared():
    scan, mask = make_maps(1, 1.0)
    assert compare({"m": scan}, scan, mask & False).isna().all(axis=None)


def test_the_scan_is_a_row_with_what_applies_to_it():
    scan, mask = make_maps(1, 1.0)
    rows = np.arange(4, COUNT)
    row = scan_row(scan, Sites(rows, mask, mask), 0)
    sites = rows[mask[rows].any(axis=1)]
    expected = average_precision_score(mask[sites].ravel(), scan[sites].ravel())
    assert row["average_precision"] == pytest.approx(expected)
    assert row["average_precision_shuffled"] < expected
    assert (row["method"], row["default"]) == (SCAN, 0)
    assert (row["spans"], row["site_spans"], row["matched_spans"]) == (20, len(sites), len(sites))


@pytest.fixture
def arrays():
    """One method at ten spans; replicates hold half of what its maps hold, random weights none."""
    generator = np.random.default_rng(2)
    found = {"sequences": generator.choice(np.frombuffer(b"ACGT", np.uint8), (10, LENGTH))}
    found["m"] = generator.normal(size=(10, LENGTH, 4)).astype(np.float32)
    maps = project(found["m"], found["sequences"])[[4, 6, 9]]
    noise = generator.normal(size=(5, *maps.shape))
    controls = {
        "rows": np.array([4, 6, 9]),
        "m_random": noise[:3],
        "m_replicates": maps + noise[3:],
    }
    return found, controls, maps


def test_the_likeness_is_the_mean_over_draws_and_over_replicates(arrays):
    found, controls, maps = arrays
    row = likeness(["m"], found, controls, np.arange(3, 10)).loc["m"]
    assert row.index.tolist() == list(LIKENESS)
    assert (row["compared_spans"], row["random_draws"], row["replicates"]) == (3, 3, 2)
    for kind in ("random", "replicates"):
        each = [similarity(maps, other) for other in controls[f"m_{kind}"]]
        assert row[f"similarity_{kind}"] == pytest.approx(np.mean(each))
        ends = (row[f"similarity_{kind}_low"], row[f"similarity_{kind}_high"])
        assert ends == (min(each), max(each))
    assert row["similarity_random_high"] < 0.25 < row["similarity_replicates_low"]


def test_one_seed_has_no_likeness_of_replicates(arrays):
    found, controls, _ = arrays
    controls["m_replicates"] = controls["m_replicates"][:0]
    row = likeness(["m"], found, controls, np.arange(3, 10)).loc["m"]
    assert row["replicates"] == 0
    assert row.filter(like="similarity_replicates").isna().all()
    assert row.filter(like="similarity_random").notna().all()


def test_controls_of_other_spans_are_refused(arrays):
    found, controls, _ = arrays
    with pytest.raises(DamagedFileError, match=r"controls\.npz holds other spans"):
        likeness(["m"], found, controls, np.arange(5, 10))
