"""Transforms agree with their formulas, and signals without a logarithm are refused."""

import numpy as np
import pandas as pd
import pytest
from reference import transform_values

from cisfuse.base.errors import InputError
from cisfuse.readers.signals import check_means, check_not_negative, fit_transforms


def test_transforms_equal_their_formulas():
    values = np.append(np.random.default_rng(5).gamma(0.5, 2, 1000), [0.0, 0.0])
    constants = fit_transforms(values)
    pseudocount = np.quantile(values[values > 0], 0.01)
    logs = np.log(values + pseudocount)
    expected = {
        "none": values,
        "log": logs,
        "log_standardise": (logs - logs.mean()) / logs.std(),
    }
    assert set(constants) == set(expected)
    for kind, result in expected.items():
        np.testing.assert_allclose(transform_values(values, kind, constants[kind]), result)
    standardised = transform_values(values, "log_standardise", constants["log_standardise"])
    assert abs(standardised.mean()) < 1e-9
    assert abs(standardised.std() - 1) < 1e-9


@pytest.mark.parametrize("value", [2.0, 0.1])
def test_a_constant_signal_is_standardised_to_zero(value):
    values = np.full(1003, value)
    constants = fit_transforms(values)["log_standardise"]
    found = transform_values(values, "log_standardise", constants)
    np.testing.assert_allclose(found, 0, atol=1e-6)


def test_a_signal_of_zeros_is_refused():
    with pytest.raises(InputError, match="0 on every training span"):
        fit_transforms(np.zeros(2))


def test_a_negative_signal_is_refused_wherever_it_is():
    """In the test split alone it would give logits that are not numbers."""
    spans = pd.DataFrame({"chrom": "chr1", "start": [0, 10, 20], "end": [10, 20, 30]})
    check_not_negative(np.array([1.0, 0.0, 2.0]), spans, "atac.bw")
    with pytest.raises(InputError, match=r"^atac\.bw: .* negative on chr1:10-20 \(-0\.5\)"):
        check_not_negative(np.array([1.0, -0.5, -2.0]), spans, "atac.bw")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e39])
def test_means_that_are_not_finite_in_tables_are_refused(value):
    """1e39 is a number as float64, and infinite as float32."""
    spans = pd.DataFrame({"chrom": "chr1", "start": [0, 10, 20], "end": [10, 20, 30]})
    check_means(np.array([1.0, 0.0, 3e38]), spans, "atac.bw")
    with pytest.raises(InputError, match=r"^atac\.bw: the mean signal on chr1:20-30 is .*; make"):
        check_means(np.array([1.0, 0.0, value]), spans, "atac.bw")
    with pytest.raises(InputError, match=r"negative on chr1:0-10"):
        check_means(np.array([-1.0, 0.0, 2.0]), spans, "atac.bw")
