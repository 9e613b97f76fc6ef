"""Activity: a real number per example, as reporter assays measure it, and expression."""
