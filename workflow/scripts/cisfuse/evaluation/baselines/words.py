"""The baseline of a single word: 1 where a sequence holds it, and 0 elsewhere."""

from typing import Self

import numpy as np
import pandas as pd

from cisfuse.dna.string_search import MOST_BASES, find_word, holds
from cisfuse.evaluation.baselines.draws import draw_by_label
from cisfuse.evaluation.baselines.fitting import Block, Train

MOST = 50_000  # sequences that the word is looked for in


class StringSearch:
    """Whether a sequence holds the word that tells train's labels best."""

    def fit(self, train: Train) -> Self:
        labels = train.targets
        rows = draw_by_label(labels, min(MOST, max(MOST_BASES // train.length, 2)), train.seed)
        sequences = np.concatenate([block.sequences for block in train.blocks(rows)])
        # A draw takes positives rather than negatives; F1 is that of the whole split.
        shares = [np.mean(part == 1) for part in (labels, labels[rows])]
        odds = [share / (1 - share) for share in shares]
        self.word = find_word(sequences, labels[rows], float(odds[1] / odds[0]))
        return self

    def predict(self, block: Block) -> np.ndarray:
        return holds(block.sequences, self.word).astype(float)

    def table(self, train: Train) -> pd.DataFrame:
        """The word, and what it says of all of train; one row.

        Columns: word, length, positives_found and positives, negatives_found and negatives, f1.
        """
        found, of = np.zeros(2, np.int64), np.zeros(2, np.int64)
        for block in train.blocks():
            held, bound = holds(block.sequences, self.word), block.targets == 1
            found += [int((held & bound).sum()), int((held & ~bound).sum())]
            of += [int(bound.sum()), int((~bound).sum())]
        row = {
            "word": self.word,
            "length": len(self.word),
            "positives_found": found[0],
            "positives": of[0],
            "negatives_found": found[1],
            "negatives": of[1],
            "f1": 2 * found[0] / (found.sum() + of[0]),
        }
        return pd.DataFrame([row])
