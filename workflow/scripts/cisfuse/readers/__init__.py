"""Readers of users' files, and their checks."""
