"""The names of the splits, in the order in which tables and files list them."""

SPLITS = ("train", "valid", "test")
