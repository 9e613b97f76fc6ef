"""Baselines, scores of all entries, and verdicts."""
