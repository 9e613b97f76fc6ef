"""Sequences without a place on a genome: read with their targets, brought to one length, split."""

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import NoReturn

import numpy as np
import pandas as pd

from cisfuse.base.errors import ConfigError, InputError
from cisfuse.base.splits import SPLITS
from cisfuse.readers.sequence_files import fail, header_fields, read_fasta, read_parallel, read_tsv
from cisfuse.readers.text import find_lines, read_content


def read_labelled_sequences(
    sequences: str | Path,
    labels: str | Path | None,
    target: ModuleType,
    labels_header: bool = False,
) -> tuple[pd.DataFrame, str]:
    """Read sequences with a target each, from one file or two, of a kind told by their content.

    That is a FASTA with a table ``name target [split]`` as ``labels``; or text with a sequence
    per line, with its target on the same line of ``labels``; or, without ``labels``, a table with
    a header. ``labels_header`` says that the first line of ``labels`` is a header whatever it
    says. Files may be gzipped. ``target`` is the part of that name of the study's task.

    Returns, in the order of the file, ``line`` (int64: where the sequence starts, from 1),
    ``name`` (str, unique), ``sequence`` (str: A, C, G, T and N), the target and, where the user
    gives it, ``split`` (str); then a warning about the targets, or nothing. Raises `InputError`.
    """
    content = read_content(sequences, any_line_end=True)
    if not content.strip(b" \t\n"):
        raise InputError(
            f"{sequences}: the file is empty; correct the path, or make the file again"
        )
    is_fasta = content.lstrip(b" \t\n").startswith(b">")
    header = [] if is_fasta else header_fields(content)
    is_tsv = "sequence" in header and not set(target.COLUMNS).isdisjoint(header)
    if labels:
        if is_tsv:
            raise InputError(
                f"{sequences}: this table has {target.NOUNS} of its own; leave the column labels "
                "of the sample sheet empty"
            )
        labels_content = read_content(labels, any_line_end=True)
        if labels_content.lstrip(b" \t\n").startswith(b">"):
            fix = (
                f"name a file of {target.NOUNS}"
                if is_fasta
                else "swap it with the column sequences"
            )
            raise InputError(
                f"{labels}: a FASTA holds no {target.NOUNS}; in the column labels of the sheet "
                f"{fix}"
            )
        if is_fasta:
            text = find_lines(labels, labels_content, skipped_words=())
            table = read_fasta(sequences, content, text, labels_header, target)
        else:
            contents = (sequences, content, labels, labels_content)
            table = read_parallel(*contents, labels_header, target)
    elif is_tsv:
        table = read_tsv(sequences, content, target)
    else:
        _refuse_without_targets(sequences, is_fasta, header, target)
    warning = target.check_all(table[target.TARGET].to_numpy(), str(labels or sequences))
    return table, warning


def _refuse_without_targets(
    path: str | Path, is_fasta: bool, header: list[str], target: ModuleType
) -> NoReturn:
    if is_fasta or (len(header) == 1 and not {",", ";"} & set(header[0])):
        kind = "a FASTA" if is_fasta else "text with one column"
        raise InputError(
            f"{path}: {kind} holds no {target.NOUNS}; name the file of {target.NOUNS} in the "
            "column labels of the sample sheet"
        )
    raise InputError(
        f"{path}: no header with the columns 'sequence' and '{target.TARGET}'; write as the first "
        f"line, separated by tabs: name sequence {target.TARGET} split (name and split may be left "
        "out)"
    )


def fit_lengths(
    table: pd.DataFrame, length: int, other_lengths: str, path: str | Path
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Bring every sequence of a table to ``length`` bases as ``other_lengths`` allows.

    ``crop`` keeps the middle of longer ones, where (bases - length) // 2 fall away on the left;
    ``pad`` puts N around shorter ones, (length - bases) // 2 of them on the left;
    ``crop_and_pad`` does both, ``error`` neither. Returns the table and how many sequences were
    ``cropped`` and ``padded``. Raises `InputError`, naming the line, for what is not allowed.
    """
    lengths = table["sequence"].str.len().to_numpy(np.int64)
    refused = np.zeros(len(table), bool)
    if other_lengths not in ("crop", "crop_and_pad"):
        refused |= lengths > length
    if other_lengths not in ("pad", "crop_and_pad"):
        refused |= lengths < length
    if refused.any():
        row = int(np.argmax(refused))
        choices = "crop, pad or crop_and_pad" if other_lengths == "error" else "crop_and_pad"
        fail(
            path,
            table["line"].iloc[row],
            f"the sequence is {lengths[row]:,} bases long, spans.length is {length:,}",
            f"correct spans.length, or set spans.other_lengths to {choices}",
        )
    sequences = table["sequence"].to_numpy(object, copy=True)
    for row in np.flatnonzero(lengths != length):
        cut = max(lengths[row] - length, 0) // 2
        lacking = max(length - lengths[row], 0)
        kept = sequences[row][cut : cut + length]
        left = lacking // 2
        sequences[row] = "N" * left + kept + "N" * (lacking - left)
    counts = {"cropped": int((lengths > length).sum()), "padded": int((lengths < length).sum())}
    return table.assign(sequence=pd.Series(sequences, table.index, dtype="str")), counts


def assign_sequences(
    table: pd.DataFrame, settings: Mapping, path: str | Path, target: ModuleType
) -> tuple[np.ndarray, str]:
    """Assign sequences to splits by the config's section ``splits``: str object (n,), the method.

    That is ``given`` where the table has a column ``split`` and the method is not another, else
    ``stratified`` (`split_sequences`) or ``shuffled`` (`shuffle_sequences`). Raises `ConfigError`
    where the file at ``path`` should give the splits and does not.
    """
    method = settings["method"]
    if method in ("auto", "given") and "split" in table:
        return table["split"].to_numpy(object), "given"
    if method == "given":
        raise ConfigError(
            f"{path}: splits.method is 'given', but there is no column 'split'; add it, or choose "
            "random"
        )
    if method == "shuffled":
        return shuffle_sequences(table, settings["fractions"], settings["seed"]), method
    strata = target.strata(table[target.TARGET].to_numpy())
    return split_sequences(table, strata, settings["fractions"], settings["seed"]), "stratified"


def shuffle_sequences(table: pd.DataFrame, fractions: Mapping[str, float], seed: int) -> np.ndarray:
    """Split as many a tutorial does, str object (n,): not stratified, repeats anywhere.

    scikit-learn's ``train_test_split`` with ``random_state=seed`` gives test; of the rest, in its
    shuffled order, the end is valid, as with ``validation_split`` of Keras's ``Model.fit``.
    """
    count = len(table)
    order = np.random.RandomState(seed).permutation(count)
    test = int(np.ceil(round(fractions["test"] * count, 6)))
    share = fractions["valid"] / (fractions["valid"] + fractions["train"])
    train = int(np.floor(round((count - test) * (1 - share), 6)))
    splits = np.full(count, "valid", dtype=object)
    splits[order[:test]] = "test"
    splits[order[test : test + train]] = "train"
    return splits


def split_sequences(
    table: pd.DataFrame, strata: np.ndarray, fractions: Mapping[str, float], seed: int
) -> np.ndarray:
    """Split at random within each stratum, str object (n,); equal sequences stay together.

    So no sequence that trains is scored. Without repeats this is `splits.split_random`; with
    them a sequence goes, with all its rows, where the middle of them would, by the stratum, int64
    (n,), of its first row.
    """
    group = pd.factorize(table["sequence"])[0]
    first = np.unique(group, return_index=True)[1]
    sizes = np.bincount(group)
    split_of = np.empty(len(sizes), dtype=object)
    names = np.array(SPLITS, dtype=object)
    generator = np.random.default_rng(seed)
    for stratum in range(int(strata.max(initial=0)) + 1):
        order = group[generator.permutation(first[strata[first] == stratum])]
        after = np.cumsum(sizes[order])
        count = after[-1] if len(after) else 0
        bounds = np.round(np.cumsum([fractions[split] for split in SPLITS]) * count)
        middle = after - (sizes[order] + 1) / 2
        split_of[order] = names[np.searchsorted(bounds[:-1], middle, side="right")]
    return split_of[group]
