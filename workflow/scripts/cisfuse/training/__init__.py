"""Training in rounds, resumable to the bit."""
