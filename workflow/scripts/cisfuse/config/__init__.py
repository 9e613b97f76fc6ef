"""The config and the sample sheet: schemas, presets, protocols, settings."""
