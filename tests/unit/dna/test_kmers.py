"""Features of k-mers are those of a slow count over strings."""

from collections import Counter

import numpy as np
import pytest

from cisfuse.dna.kmers import kmer_features
from cisfuse.dna.sequences import reverse_complement


def make_sequences(length: int, seed: int = 1, count: int = 25) -> np.ndarray:
    generator = np.random.default_rng(seed)
    sequences = generator.choice(np.frombuffer(b"ACGT", np.uint8), (count, length))
    sequences[5:][generator.random((count - 5, length)) < 0.05] = ord("N")
    sequences[0], sequences[1] = ord("N"), ord("A")
    sequences[2] = np.resize(np.frombuffer(b"TGACTCA", np.uint8), length)
    sequences[4] = reverse_complement(sequences[3])
    return sequences


def words_of(sequence: bytes) -> Counter:
    """Words of 7 letters without a gap or with one base left out, the lesser of both strands."""
    text = sequence.decode()
    words = [text[start : start + 7] for start in range(len(text) - 6)]
    for start in range(len(text) - 7):
        window = text[start : start + 8]
        words += [f"{window[:gap]}.{window[gap + 1 :]}" for gap in range(1, 7)]
    turned = [word[::-1].translate(str.maketrans("ACGT", "TGCA")) for word in words]
    return Counter(min(pair) for pair in zip(words, turned, strict=True) if "N" not in pair[0])


@pytest.mark.parametrize("length", [7, 8, 40])
def test_features_equal_a_count_over_strings(length):
    sequences = make_sequences(length)
    counts = [words_of(row.tobytes()) for row in sequences]
    lengths = [np.sqrt(sum(times**2 for times in count.values())) or 1.0 for count in counts]
    products = [
        [
            sum(one[word] * other[word] for word in one) / (length * other_length)
            for other, other_length in zip(counts, lengths, strict=True)
        ]
        for one, length in zip(counts, lengths, strict=True)
    ]
    features = kmer_features(sequences)
    # The numbers of features are arbitrary: spans share words as the strings say.
    np.testing.assert_allclose((features @ features.T).toarray(), products, atol=1e-5)
    assert np.diff(features.indptr).tolist() == [len(count) for count in counts]
    assert features.dtype == np.float32
    values = sorted(features[[1]].data)
    np.testing.assert_allclose(values, sorted(np.array([*counts[1].values()]) / lengths[1]))


def test_each_word_has_a_number_of_its_own():
    """As many features as words, halved where both strands are alike in kind."""
    rows = np.random.default_rng(2).choice(np.frombuffer(b"ACGT", np.uint8), (3000, 101))
    features = kmer_features(rows)
    words = set().union(*(words_of(row.tobytes()) for row in rows))
    assert len(np.unique(features.indices)) == len(words)
    assert features.shape[1] == 4**7 // 2 + 3 * 4**7


def test_a_span_and_its_reverse_complement_are_alike():
    sequences = make_sequences(60)
    turned = kmer_features(reverse_complement(sequences))
    assert abs(kmer_features(sequences) - turned).max() == 0


@pytest.mark.parametrize("length", [1, 6])
def test_spans_shorter_than_a_word_have_no_features(length):
    features = kmer_features(np.full((3, length), ord("A"), dtype=np.uint8))
    assert features.shape[0] == 3
    assert features.nnz == 0
    assert kmer_features(make_sequences(30)[:0]).shape[0] == 0
