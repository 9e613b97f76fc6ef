"""Spans of a genome: intervals with a label or another target, and their accessibility."""
