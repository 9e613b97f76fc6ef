"""A study of spans: what its sheet, its config and its files are; read by the rules."""

from collections.abc import Mapping
from typing import NoReturn

from cisfuse.base.errors import ConfigError

NAME = "spans"
UNIT, UNITS = "span", "spans"
EXAMPLES = "spans"  # what they are, in messages
# Columns of the sample sheet that tell this source, and all that name its files.
TELLING = ("peaks", "spans")
FILES = ("peaks", "spans", "atac", "ambiguous")
NEEDED = ("atac",)  # columns that a sheet of this source has
FEATURES = ("sequence", "accessibility")  # of an example, that a model can read
# Files beside the table of examples that features are made from, and that pages cut windows of.
GENOME = {
    "fasta": "resources/{study}/genome/genome.fa",
    "fai": "resources/{study}/genome/genome.fa.fai",
}
SETTINGS = (
    *("chromosomes", "length", "stride", "min_overlap", "peak_width", "partial_overlap"),
    "max_n_fraction",
)
TABLES = ("spans.tsv.gz", "splits.tsv", "audit.tsv", "dropped.tsv")
BASELINES = ()  # beside those of every source
IDLE = ()  # settings of training that do nothing here
# What a config that leaves a key open gets.
DEFAULTS = {"evaluation": {"called_labels": False, "learning_curves": False}}


def refuse(column: str) -> NoReturn:
    """Raise `ConfigError` for a column of another source that a row of spans fills."""
    raise ConfigError(
        f"{column} go with sequences; name these in the column sequences, or leave the column "
        f"{column} empty"
    )


def check_row(sample: Mapping[str, str]) -> None:
    """Raise `ConfigError`, without the place, where the files of a row do not go together."""
    if bool(sample["peaks"]) == bool(sample["spans"]):
        raise ConfigError(
            "give either peaks or spans, and leave the other empty; or, without both, labelled "
            "sequences"
        )
    if not sample["atac"]:
        raise ConfigError("atac: must not be empty; name a bigWig, a bedGraph or a span table")
    if sample["ambiguous"] and not sample["peaks"]:
        raise ConfigError(
            "ambiguous intervals go with peaks; leave the column empty, or drop such spans from "
            "the BED of spans"
        )


def check(config: Mapping, samples: Mapping[str, Mapping], place: str) -> None:
    """Raise `ConfigError` where the config, from ``place``, does not fit the samples."""
    if config["splits"]["method"] == "shuffled":
        raise ConfigError(
            f"{place}: splits.method: shuffled is for labelled sequences; choose blocks or "
            "chromosomes, or random to follow a published protocol"
        )
    references = config["references"]
    if not references["genome"]:
        raise ConfigError(f"{place}: references: the key 'genome' is missing; add it")
    for key in ("sequence_simulation", "reporter_simulation"):
        if references[key]:
            raise ConfigError(
                f"{place}: references.{key} goes with labelled sequences, and the "
                "sample sheet has none; remove it, or name its file in the column 'sequences'"
            )
    if config["task"] != "binding":
        for name, sample in samples.items():
            if sample["peaks"]:
                raise ConfigError(
                    f"{config['samples']}: sample '{name}', peaks: peaks give labels, and the task "
                    f"is {config['task']}; give spans with a value in column 4 in the column spans"
                )
