"""One architecture per file, and the layers that several share."""
