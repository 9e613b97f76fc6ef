"""The sample sheet: one row per sample, every mistake named with its line."""

import difflib
import os
import re
import shlex
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from cisfuse.base.errors import ConfigError, InputError
from cisfuse.config.schemas import check_schema, fill_defaults, load_schema
from cisfuse.config.settings import NAME, is_reserved
from cisfuse.readers.addresses import is_address
from cisfuse.readers.text import check_format

# Sections of the config that have a rule make the files of the study.
SIMULATIONS = ("simulation", "sequence_simulation", "reporter_simulation")
LINE_END = re.compile(r"\r\n|\n|\r")  # and not what splitlines() splits at besides
NO_LETTER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
# As spreadsheets write a cell: a quote within is written twice.
QUOTED = re.compile(r'"(?:[^"]|"")*"|\'[^\']*\'')


def load_samples(
    path: str | Path,
    schema_path: str | Path,
    check_row: Callable[[Mapping[str, str]], None],
    needed_columns: Callable[[list[str]], list[str]],
    taken: Collection[str] = (),
) -> dict[str, dict]:
    """Read a sample sheet; rows by the sample's name, every column as text.

    What spreadsheets leave is taken off: quotes around a cell, and empty columns at the end.
    ``check_row`` raises `ConfigError`, without the place, where the files of a row do not go
    together; ``needed_columns`` says which columns of files a header must have; ``taken`` are
    names of baselines, which another program's predictions cannot have. Raises
    `ConfigError` with the file, the line and the column.
    """
    schema = load_schema(schema_path)
    text = _read_sheet(path)
    lines = [
        (number, line)
        for number, line in enumerate(LINE_END.split(text), start=1)
        if line.strip() and not line.startswith(("#", '"#'))
    ]
    samples: dict[str, dict] = {}
    header: list[str] = []
    for number, line in lines:
        place = f"{path}: line {number}"
        if wrong := NO_LETTER.search(line):
            raise ConfigError(f"{place}: holds {wrong[0]!r}, which is no letter; remove it")
        row = [_without_quotes(cell.strip()) for cell in line.split("\t")]
        if not any(row):
            continue
        row = _without_empty_end(row, len(header))
        if not header:
            header = row
            _check_header(header, [*schema["required"], *needed_columns(header)], schema, place)
            continue
        if len(row) != len(header):
            raise ConfigError(
                f"{place}: has {len(row)} columns, the header has {len(header)}; separate "
                "columns with single tabs, and leave an empty one empty"
            )
        sample = dict(zip(header, row, strict=True))
        check_schema(sample, schema, place)
        sample = fill_defaults(sample, schema)
        try:
            check_row(sample)
            _check_predictions(sample, taken)
        except ConfigError as error:
            raise ConfigError(f"{place}: {error}") from None
        if sample["sample"] in samples:
            raise ConfigError(
                f"{place}: the sample '{sample['sample']}' is there twice; rename one"
            )
        samples[sample["sample"]] = sample
    if not samples:
        raise ConfigError(f"{path}: holds no sample; add a header line and a line per sample")
    check_transfers(samples, path)
    return samples


def _without_quotes(cell: str) -> str:
    """A cell without the quotes around it, and the spaces within these."""
    if QUOTED.fullmatch(cell):
        cell = cell[1:-1].replace('""', '"').strip()
    return cell


def _without_empty_end(row: list[str], width: int) -> list[str]:
    """The row without its empty cells after the first ``width``."""
    while len(row) > width and not row[-1]:
        row = row[:-1]
    return row


def _check_predictions(sample: Mapping[str, str], taken: Collection[str]) -> None:
    try:
        external_runs(sample, taken)
    except ConfigError as error:
        raise ConfigError(f"external_predictions: {error}") from None


def _read_sheet(path: str | Path) -> str:
    if not os.path.isfile(path):
        raise ConfigError(
            f"{path}: no such sample sheet; correct the config's key 'samples' (paths are "
            "relative to the working directory)"
        )
    try:
        content = Path(path).read_bytes()
        check_format(path, content)
        return content.decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read ({error.strerror}); correct its rights"
        ) from None
    except InputError as error:
        raise ConfigError(str(error)) from None
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            f"{path}: line {line}: the text is not UTF-8; convert it by iconv -t UTF-8"
        ) from None


def _check_header(header: list[str], needed: list[str], schema: Mapping, place: str) -> None:
    known = schema["properties"]
    if len(header) == 1 and re.search("[,; ]", header[0]):
        raise ConfigError(
            f"{place}: the columns are not separated by tabs; save the sheet tab-separated"
        )
    for number, column in enumerate(header, start=1):
        if not column:
            raise ConfigError(f"{place}: column {number} has no name; name it, or delete it")
        if header.count(column) > 1:
            raise ConfigError(f"{place}: the column '{column}' is there twice; keep one")
        if column not in known:
            close = difflib.get_close_matches(column, known, n=1)
            hint = f"did you mean '{close[0]}'?" if close else f"known are {', '.join(known)}"
            raise ConfigError(f"{place}: unknown column '{column}'; {hint}")
    for column in needed:
        if column not in header:
            raise ConfigError(f"{place}: the column '{column}' is missing; add it")


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


def external_runs(sample: Mapping[str, str], taken: Collection[str] = ()) -> dict[str, str]:
    """Other programs' predictions: the file of each, by the name that its scores get.

    The sheet's column holds paths, separated by commas; a file's name without ``.tsv`` or
    ``.tsv.gz`` is the name. Raises `ConfigError` for one that is ``taken``.
    """
    runs: dict[str, str] = {}
    for path in filter(None, map(str.strip, sample["external_predictions"].split(","))):
        name = re.sub(r"\.tsv(\.gz)?$", "", Path(path).name)
        if not re.fullmatch(NAME, name) or is_reserved(name) or name in taken:
            raise ConfigError(
                f"{path}: its scores cannot be called '{name}'; rename the file, to letters, "
                "digits, '_', '.' and '-', and to no name of a baseline"
            )
        if name in runs:
            raise ConfigError(f"{path}: two files give the name '{name}'; rename one")
        runs[name] = path
    return runs


def check_files(
    config: Mapping, samples: Mapping[str, Mapping], columns: Sequence[str], place: str
) -> None:
    """Raise `ConfigError` for the first file named by the config or the sheet that is missing.

    ``columns`` are those of the sheet that name files.

    Snakemake itself passes over a missing input whose outputs are there, so that a mistyped
    path would silently give the results of the path before it. The files of a simulated study,
    and those under ``references.downloads``, are made by a rule.
    """
    for name, sample in samples.items():
        for run, path in external_runs(sample).items():
            if run in config["training"]["models"]:
                raise ConfigError(
                    f"{config['samples']}: sample '{name}', external_predictions, {path}: '{run}' "
                    "is the name of a model; rename the file"
                )
    references, named = config["references"], {}
    simulated = any(references[key] for key in SIMULATIONS)
    if not simulated:
        for key in ("genome", "blacklist", "names"):
            if not isinstance(references[key], Mapping):
                named[f"{place}: references.{key}"] = references[key]
        for name, sample in samples.items():
            for column in columns:
                named[f"{config['samples']}: sample '{name}', {column}"] = sample[column]
            for path in external_runs(sample).values():
                named[f"{config['samples']}: sample '{name}', external_predictions, {path}"] = path
    sites = config["interpretation"]["sites"]
    if not simulated or sites != f"resources/{config['study']}/sites.bed":
        named[f"{place}: interpretation.sites"] = sites
    for origin, path in named.items():
        if not path or path in references["downloads"]:
            continue
        if is_address(path):
            problem = (
                "an address stands under references.downloads, here the path that it is fetched to"
            )
        elif os.path.isdir(path):
            problem = "this is a folder; name a file in it"
        elif not os.path.isfile(path):
            problem = (
                "no such file; correct the path (paths are relative to the working directory), or "
                "bring the file"
            )
        elif not os.access(path, os.R_OK):
            problem = f"cannot be read; correct its rights: chmod u+r {shlex.quote(path)}"
        elif wildcard := re.search("[{}]", path):
            problem = f"holds {wildcard[0]!r}, a wildcard to Snakemake; rename the file"
        else:
            continue
        raise ConfigError(f"{origin}: {path}: {problem}")
