"""Pages, and the words on them."""
