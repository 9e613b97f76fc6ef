"""Sums over blocks, resampling, ranking, calibration."""
