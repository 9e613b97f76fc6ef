"""One module per source: what examples are, and how they are made from files."""
