"""Every picture; no other package imports matplotlib."""
