"""Kinds of files that hold a signal: one module with one object each."""
