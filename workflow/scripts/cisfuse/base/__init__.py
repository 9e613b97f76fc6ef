"""What everything stands on: errors, files, locks, names."""
