"""Binding: whether a factor binds, a label of 0 or 1; a model's output is the logit."""
