"""What figures of the scores are drawn from: the tables of one sample, and how they are called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType

import pandas as pd


@dataclass(frozen=True)
class Drawing:
    """The scores of a sample on test, for functions that draw them.

    tables: what the rule score_predictions writes, by name: metrics, comparisons and those of the
    task; entries: those of `cisfuse.evaluation.entries.scored_entries`; models: trained ones, the
    main one first; main: the entry that stands for that one; reads: what each model and baseline
    reads; named: the entries that the verdict names; drawn: those that curves have room for;
    words: the part of that name of the study's task.
    """

    tables: Mapping[str, pd.DataFrame]
    entries: pd.DataFrame
    models: Sequence[str]
    main: str
    reads: Mapping[str, Sequence[str]]
    named: Sequence[str]
    drawn: Sequence[str]
    words: ModuleType
    title: str
