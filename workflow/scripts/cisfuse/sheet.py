"""The sample sheet: one row per sample, every mistake named with its line."""

import csv
import re
from collections.abc import Mapping
from pathlib import Path

from cisfuse.errors import ConfigError
from cisfuse.schemas import check_schema, fill_defaults, load_schema
from cisfuse.settings import NAME, is_reserved

# Columns of files that spans are made from.
FILE_COLUMNS = ("peaks", "spans", "atac", "ambiguous")


def load_samples(path: str | Path, schema_path: str | Path) -> dict[str, dict]:
    """Read a sample sheet; rows by the sample's name, every column as text.

    Raises `ConfigError` with the file, the line and the column.
    """
    schema = load_schema(schema_path)
    if not Path(path).is_file():
        raise ConfigError(
            f"{path}: no such sample sheet; correct the config's key 'samples' (paths are "
            "relative to the working directory)"
        )
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: the text is not UTF-8 ({error.reason}); save it so") from None
    lines = [
        (number, line)
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() and not line.startswith("#")
    ]
    samples: dict[str, dict] = {}
    reader = csv.reader((line for _, line in lines), delimiter="\t", quoting=csv.QUOTE_NONE)
    header = [column.strip() for column in next(reader, [])]
    for column in header:
        if header.count(column) > 1:
            raise ConfigError(f"{path}: the column '{column}' is there twice; keep one")
    for (number, _), row in zip(lines[1:], reader, strict=True):
        place = f"{path}: line {number}"
        if len(row) != len(header):
            raise ConfigError(
                f"{place}: has {len(row)} columns, the header has {len(header)}; separate "
                "columns with single tabs, and leave an empty one empty"
            )
        sample = {key: value.strip() for key, value in zip(header, row, strict=True)}
        check_schema(sample, schema, place)
        sample = fill_defaults(sample, schema)
        if bool(sample["peaks"]) == bool(sample["spans"]):
            raise ConfigError(f"{place}: give either peaks or spans, and leave the other empty")
        if sample["ambiguous"] and not sample["peaks"]:
            raise ConfigError(
                f"{place}: ambiguous intervals go with peaks; leave the column empty, or drop "
                "such spans from the BED of spans"
            )
        try:
            external_runs(sample)
        except ConfigError as error:
            raise ConfigError(f"{place}: external_predictions: {error}") from None
        if sample["sample"] in samples:
            raise ConfigError(
                f"{place}: the sample '{sample['sample']}' is there twice; rename one"
            )
        samples[sample["sample"]] = sample
    if not samples:
        raise ConfigError(f"{path}: holds no sample; add a header line and a line per sample")
    check_transfers(samples, path)
    return samples


def check_transfers(samples: Mapping[str, Mapping], path: str | Path) -> None:
    """Raise `ConfigError` where ``trained_on`` names no sample that is trained."""
    for name, sample in samples.items():
        source = sample["trained_on"]
        if source and (source not in samples or samples[source]["trained_on"]):
            trained = ", ".join(name for name in samples if not samples[name]["trained_on"])
            reason = "is not trained itself" if source in samples else "is not in the sheet"
            raise ConfigError(
                f"{path}: sample '{name}', trained_on: '{source}' {reason}; name one of "
                f"{trained or 'the samples without trained_on'}"
            )


def external_runs(sample: Mapping[str, str]) -> dict[str, str]:
    """Other programs' predictions: the file of each, by the name that its scores get.

    The sheet's column holds paths, separated by commas; a file's name without ``.tsv`` or
    ``.tsv.gz`` is the name.
    """
    runs: dict[str, str] = {}
    for path in filter(None, map(str.strip, sample["external_predictions"].split(","))):
        name = re.sub(r"\.tsv(\.gz)?$", "", Path(path).name)
        if not re.fullmatch(NAME, name) or is_reserved(name):
            raise ConfigError(
                f"{path}: its scores cannot be called '{name}'; rename the file, to letters, "
                "digits, '_', '.' and '-', and to no name of a baseline"
            )
        if name in runs:
            raise ConfigError(f"{path}: two files give the name '{name}'; rename one")
        runs[name] = path
    return runs


def check_files(config: Mapping, samples: Mapping[str, Mapping], place: str) -> None:
    """Raise `ConfigError` for the first file that the config or the sample sheet names in vain.

    Snakemake itself passes over a missing input whose outputs are there, so that a mistyped
    path would silently give the results of the path before it. The files of a simulated study
    are made by a rule.
    """
    for name, sample in samples.items():
        for run, path in external_runs(sample).items():
            if run in config["training"]["models"]:
                raise ConfigError(
                    f"{config['samples']}: sample '{name}', external_predictions, {path}: '{run}' "
                    "is the name of a model; rename the file"
                )
    references, named = config["references"], {}
    if not references["simulation"]:
        for key in ("genome", "blacklist"):
            named[f"{place}: references.{key}"] = references[key]
        for name, sample in samples.items():
            for column in FILE_COLUMNS:
                named[f"{config['samples']}: sample '{name}', {column}"] = sample[column]
            for path in external_runs(sample).values():
                named[f"{config['samples']}: sample '{name}', external_predictions, {path}"] = path
    sites = config["interpretation"]["sites"]
    if not references["simulation"] or sites != f"resources/{config['study']}/sites.bed":
        named[f"{place}: interpretation.sites"] = sites
    for origin, path in named.items():
        if path and "://" not in path and not Path(path).is_file():
            raise ConfigError(
                f"{origin}: {path}: no such file; correct the path (paths are relative to the "
                "working directory), or bring the file"
            )
