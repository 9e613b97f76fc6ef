"""Sequences with a label or another target of their own, which have no place on a genome."""
