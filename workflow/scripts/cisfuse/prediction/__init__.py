"""Outputs of trained models, and tables of them."""
