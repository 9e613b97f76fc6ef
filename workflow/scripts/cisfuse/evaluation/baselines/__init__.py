"""Baselines: scores that a network has to beat, from no or little training."""
