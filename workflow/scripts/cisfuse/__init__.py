"""The cisfuse library: functions on arrays and tables, with no import of Snakemake."""

__version__ = "0.1.0"
