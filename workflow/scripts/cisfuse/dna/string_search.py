"""The one word that tells labels best, searched for as it stands, on the given strand.

A sequence is called bound where it holds the word. That is the least that a network has to beat
where a motif was planted, or where a simple one does all the work.
"""

from dataclasses import dataclass

import numpy as np

from cisfuse.dna.sequences import BASES

SHORTEST, LONGEST = 4, 16  # letters
# Most bases that words are looked for in; they bound memory.
MOST_BASES = 4_000_000


@dataclass(frozen=True)
class _Words:
    """Words of one length in n sequences, one entry for each place where one stands."""

    rows: np.ndarray  # int32, the sequence
    ends: np.ndarray  # int32, the base behind the word
    codes: np.ndarray  # int64, the letters as digits A, C, G, T of a number to base 4

    def take(self, kept: np.ndarray) -> "_Words":
        return _Words(self.rows[kept], self.ends[kept], self.codes[kept])

    def longer(self, bases: np.ndarray) -> "_Words":
        """The words with one base more, where there is a known one; bases: int8 (n, length)."""
        words = self.take(self.ends < bases.shape[1])
        following = bases[words.rows, words.ends]
        words, following = words.take(following >= 0), following[following >= 0]
        return _Words(words.rows, words.ends + 1, 4 * words.codes + following)


def find_word(sequences: np.ndarray, labels: np.ndarray, negative_weight: float = 1.0) -> str:
    """The word of `SHORTEST` to `LONGEST` letters whose presence has the highest F1.

    sequences: uint8 ASCII (n, length); labels: (n,) of 0 and 1. ``negative_weight`` is for how
    many negatives each stands where fewer of them were drawn than of positives. Of equals the
    longest word, then the alphabetically first. Words hold A, C, G and T alone. Empty where no
    positive has one.

    F1 is 2 TP / (TP + FP + P), so that a word in t positives has 2 t / (t + P) at most, and no
    longer word that begins with it has more: what cannot reach the best so far is left out.
    """
    table = np.full(256, -1, np.int8)
    table[np.frombuffer(BASES, np.uint8)] = range(4)
    bound = labels == 1
    bases = {True: table[sequences[bound]], False: table[sequences[~bound]]}
    words = {side: _first_words(bases[side]) for side in bases}
    positives, best, found = int(bound.sum()), 0.0, ""
    for length in range(SHORTEST, min(LONGEST, sequences.shape[1]) + 1):
        codes, place = np.unique(words[True].codes, return_inverse=True)
        hits = _sequences_with(place, words[True].rows, len(codes))
        hopeful = 2 * hits / (hits + positives) >= best
        words[True] = words[True].take(hopeful[place])
        codes, hits = codes[hopeful], hits[hopeful]
        if not len(codes):
            break
        place = np.minimum(np.searchsorted(codes, words[False].codes), len(codes) - 1)
        same = codes[place] == words[False].codes
        words[False], place = words[False].take(same), place[same]
        false_hits = _sequences_with(place, words[False].rows, len(codes))
        scores = 2 * hits / (hits + negative_weight * false_hits + positives)
        first = int(np.argmax(scores))
        if scores[first] >= best:
            best, found = float(scores[first]), _spell(int(codes[first]), length)
        words = {side: words[side].longer(bases[side]) for side in words}
    return found


def holds(sequences: np.ndarray, word: str) -> np.ndarray:
    """Whether each sequence, uint8 ASCII (n, length), holds a word: bool (n,).

    No sequence holds the empty word, which stands for none.
    """
    places = sequences.shape[1] - len(word) + 1
    if not word or places < 1:
        return np.zeros(len(sequences), dtype=bool)
    found = np.ones((len(sequences), places), dtype=bool)
    for offset, letter in enumerate(word.encode()):
        found &= sequences[:, offset : offset + places] == letter
    return found.any(axis=1)


def _first_words(bases: np.ndarray) -> _Words:
    """The words of `SHORTEST` letters of sequences, int8 (n, length), -1 where unknown."""
    places = max(bases.shape[1] - SHORTEST + 1, 0)
    codes = np.zeros((len(bases), places), np.int64)
    known = np.ones(codes.shape, dtype=bool)
    for offset in range(SHORTEST):
        letters = bases[:, offset : offset + places]
        codes *= 4
        codes += letters
        known &= letters >= 0
    rows, starts = np.nonzero(known)
    ends = (starts + SHORTEST).astype(np.int32)
    return _Words(rows.astype(np.int32), ends, codes[known])


def _sequences_with(place: np.ndarray, rows: np.ndarray, count: int) -> np.ndarray:
    """How many sequences hold each of ``count`` words, int64 (count,).

    place: the number of the word that stands in the sequence of ``rows``, (places,) each.
    """
    width = int(rows.max(initial=0)) + 1
    pairs = place.astype(np.int64) * width + rows
    pairs.sort()
    fresh = np.ones(len(pairs), dtype=bool)
    fresh[1:] = pairs[1:] != pairs[:-1]
    return np.bincount(pairs[fresh] // width, minlength=count)


def _spell(code: int, length: int) -> str:
    return "".join(chr(BASES[code // 4**place % 4]) for place in reversed(range(length)))
