"""What the study's page says of motifs in closed chromatin: a sentence and a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cisfuse.base.wording import name_of, percent

CLOSED_COLUMNS = (
    "Entry",
    "Recall on valid",
    "Recall on test",
    "Unbound, called bound",
    "Bound, called bound",
)
DIGITS = 3  # of an accessibility


@dataclass(frozen=True)
class ClosedChromatin:
    """What the rule count_closed_motifs found in a sample: closed_motifs.tsv and .json."""

    table: pd.DataFrame
    facts: Mapping[str, Any]

    @property
    def there(self) -> bool:
        """Whether a test span holds a motif in closed chromatin."""
        return self.facts["closed"]["spans"] > 0

    @property
    def ranking(self) -> pd.DataFrame:
        """The entries that rank spans at all."""
        return self.table[self.table["threshold"].notna()]


def closed_sentences(
    closed: ClosedChromatin, reads: Mapping[str, Sequence[str]], unit: str = "span"
) -> list[str]:
    """How many motifs in closed chromatin are bound, and what entries call of them.

    ``reads`` says what each model and baseline reads: those that read what the main model reads
    stand beside it. Nothing where no test span holds a motif in closed chromatin.
    """
    if not closed.there:
        return []
    facts, shut, wide = closed.facts, closed.facts["closed"], closed.facts["open"]
    truth = (
        f"Of {shut['spans']:,} test {unit}s that hold one of the motifs in closed "
        f"chromatin (accessibility of at most {facts['median_accessibility']:.{DIGITS}g}, the "
        f"median of train; {facts['unit']}) {_share(shut)} bound; of {wide['spans']:,} in open "
        f"chromatin {_share(wide)}, of all {facts['test']['spans']:,} test {unit}s "
        f"{_share(facts['test'])}."
    )
    sentences = [truth]
    if shut["bound"]:
        sentences.append("That a motif in closed chromatin is not bound is a tendency, not a rule.")
    return [*sentences, *_calls(closed, reads, unit)]


def _share(counts: Mapping[str, int]) -> str:
    if not counts["bound"]:
        return "none is"
    verb = "is" if counts["bound"] == 1 else "are"
    return f"{counts['bound']:,} ({percent(counts['bound'] / counts['spans'])}) {verb}"


def _calls(closed: ClosedChromatin, reads: Mapping[str, Sequence[str]], unit: str) -> list[str]:
    rows = closed.ranking.set_index("run")
    main = closed.facts["run"]
    if main not in rows.index:
        return []
    own = main.partition("/")[0]
    beside = [
        f"the {name_of(run)} {row.unbound_called:,.0f} and {row.bound_called:,.0f}"
        for run, row in rows.iterrows()
        if _is_rival(run, own, reads)
    ]
    first = rows.loc[main]
    others = f" ({'; '.join(beside)})" if beside else ""
    return [
        f"At thresholds that find {percent(closed.facts['recall'])} of the bound {unit}s of valid, "
        f"the {name_of(main)} calls {first['unbound_called']:,.0f} of the {first['unbound']:,.0f} "
        f"unbound ones bound and {first['bound_called']:,.0f} of the {first['bound']:,.0f} bound "
        f"ones{others}."
    ]


def _is_rival(run: str, main: str, reads: Mapping[str, Sequence[str]]) -> bool:
    """Whether a run is of another entry, and reads all that the main model reads."""
    model = run.partition("/")[0]
    return model != main and set(reads.get(model, ())) >= set(reads[main])


def closed_rows(closed: ClosedChromatin) -> list[list[str]]:
    """Cells of `CLOSED_COLUMNS`, a row per entry that ranks spans."""
    if not closed.there:
        return []
    return [
        [
            name_of(row.run),
            f"{row.recall_valid:.2f}",
            f"{row.recall_test:.2f}" if np.isfinite(row.recall_test) else "\N{EN DASH}",
            f"{row.unbound_called:,.0f} of {row.unbound:,.0f}",
            f"{row.bound_called:,.0f} of {row.bound:,.0f}",
        ]
        for row in closed.ranking.itertuples()
    ]
