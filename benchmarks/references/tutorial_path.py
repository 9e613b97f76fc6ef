"""The data path as tutorials write it: one span after the other, and TensorFlow's own writer."""

from bisect import bisect_right
from pathlib import Path

SPAN = 101
BLOCK = 500_000
MAX_N_FRACTION = 0.1


def write_examples(paths: dict[str, str], folder: Path, step: int) -> dict[str, int]:
    """Write every ``step``-th span that can be used to one TFRecord per split.

    ``paths`` has the indexed FASTA, bigWig, peaks and blacklist. Labels, and which spans are
    dropped, are the defaults of the workflow. Returns the numbers of spans and positives.
    """
    import numpy as np
    import pyBigWig
    import pyfaidx
    import tensorflow as tf

    peaks, blacklist = read_merged(paths["peaks"]), read_merged(paths["blacklist"])
    fasta = pyfaidx.Fasta(paths["fasta"])
    bigwig = pyBigWig.open(paths["bigwig"])
    writers = {
        split: tf.io.TFRecordWriter(str(folder / f"{split}.tfrecord"))
        for split in ("train", "valid", "test")
    }
    spans = positives = 0
    for chrom in fasta.keys():  # noqa: SIM118  not a dict
        for start in range(0, len(fasta[chrom]) - SPAN + 1, SPAN * step):
            end = start + SPAN
            if covered(blacklist.get(chrom), start, end):
                continue
            sequence = fasta[chrom][start:end].seq.upper()
            if sequence.count("N") > MAX_N_FRACTION * SPAN:
                continue
            overlap = covered(peaks.get(chrom), start, end)
            if 0 < overlap < SPAN / 2:
                continue
            label = int(overlap > 0)
            values = bigwig.values(chrom, start, end, numpy=True)
            accessibility = float(np.nan_to_num(values).mean())
            feature = {
                "name": bytes_of(tf, f"{chrom}:{start}-{end}"),
                "sequence": bytes_of(tf, sequence),
                "label": tf.train.Feature(int64_list=tf.train.Int64List(value=[label])),
                "accessibility": tf.train.Feature(
                    float_list=tf.train.FloatList(value=[accessibility])
                ),
            }
            example = tf.train.Example(features=tf.train.Features(feature=feature))
            writers[split_of(start)].write(example.SerializeToString())
            spans += 1
            positives += label
    for writer in writers.values():
        writer.close()
    return {"spans": spans, "positives": positives}


def bytes_of(tf, text: str):
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=[text.encode()]))


def split_of(start: int) -> str:
    """Seven blocks of ten train, then one and a half each for valid and test."""
    part = start // BLOCK % 20
    return "train" if part < 14 else "valid" if part < 17 else "test"


def read_merged(path: str) -> dict[str, tuple[list[int], list[int]]]:
    """Starts and ends of a BED's intervals by chromosome, merged where they overlap."""
    import gzip

    if not path:
        return {}
    with gzip.open(path, "rt") if path.endswith(".gz") else open(path) as handle:
        rows = [line.split("\t")[:3] for line in handle if not line.startswith("#")]
    merged: dict[str, tuple[list[int], list[int]]] = {}
    for chrom, start, end in sorted((chrom, int(start), int(end)) for chrom, start, end in rows):
        starts, ends = merged.setdefault(chrom, ([], []))
        if ends and start <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    return merged


def covered(merged: tuple[list[int], list[int]] | None, start: int, end: int) -> int:
    """Number of bases from start to end that lie in the intervals."""
    if merged is None:
        return 0
    starts, ends = merged
    row, bases = bisect_right(ends, start), 0
    while row < len(starts) and starts[row] < end:
        bases += min(end, ends[row]) - max(start, starts[row])
        row += 1
    return bases
