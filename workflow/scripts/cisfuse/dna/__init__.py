"""Sequences as bytes, motifs, matrices, k-mers, shuffles."""
