"""Speed of writing and reading shards, against TensorFlow's own writer and tf.data.

    python benchmarks/reading.py [--quick] [--repeats 3] [--threads 1] [--spans 200000]

All on the same simulated spans, in two shards that the file system holds in its cache:

- writing, against a loop that builds one `tf.train.Example` after the other;
- reading into arrays, against `TFRecordDataset` with `parse_example` on whole batches;
- from shards to batches of 1,000 one-hot spans on the device. tf.data parses them anew in
  every epoch; the project reads once and keeps the bytes, so a later epoch costs less;
- the compression of a table of these spans by gzip.

TensorFlow may use --threads threads; writing and reading in the project use one.
"""

import gzip
import tempfile
import time
from pathlib import Path

import measure
from training import BATCH, simulated_examples

EXAMPLE_LOOP = "one tf.train.Example at a time"
PARSE = "TFRecordDataset, parse_example"
ENCODE = "TFRecordDataset, parse_example, one-hot"


def write_one_at_a_time(path: str, examples) -> None:
    """The obvious way to write a shard."""
    import tensorflow as tf

    def bytes_of(value: bytes) -> tf.train.Feature:
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))

    labels = examples["label"].tolist()
    accessibility = examples["accessibility"].tolist()
    with tf.io.TFRecordWriter(path) as writer:
        for row, name in enumerate(examples.names.tolist()):
            feature = {
                "name": bytes_of(name),
                "sequence": bytes_of(examples["sequence"][row].tobytes()),
                "label": tf.train.Feature(int64_list=tf.train.Int64List(value=[labels[row]])),
                "accessibility": tf.train.Feature(
                    float_list=tf.train.FloatList(value=[accessibility[row]])
                ),
            }
            example = tf.train.Example(features=tf.train.Features(feature=feature))
            writer.write(example.SerializeToString(deterministic=True))


def span_table(examples):
    """The table of the spans, which is compressed."""
    import pandas as pd

    return pd.DataFrame(
        {
            "name": [name.decode() for name in examples.names.tolist()],
            "label": examples["label"],
            "accessibility": examples["accessibility"],
        }
    )


def write_shards(paths: list[str], examples) -> dict:
    """Write examples as shards, in one piece; returns their entry of the manifest."""
    from cisfuse.examples.shards import SplitWriter

    writer = SplitWriter(paths, len(examples), examples.features)
    writer.add(examples.arrays)
    return writer.close()


def write_examples(folder: Path, examples) -> str:
    """Write a manifest and the two shards of its split ``train``; returns the manifest's path."""
    from cisfuse.examples.manifest import write_manifest

    path = str(folder / "manifest")
    write_manifest(
        path,
        sample="simulated",
        task="binding",
        features=examples.features,
        transforms={},
        splits={"train": write_shards([str(folder / f"train-{n}") for n in range(2)], examples)},
    )
    return path


def parsed_batches(folder: Path, threads: int):
    """Batches of a tf.data pipeline that parses whole batches of records."""
    import tensorflow as tf

    layout = {
        "name": tf.io.FixedLenFeature([], tf.string),
        "sequence": tf.io.FixedLenFeature([], tf.string),
        "label": tf.io.FixedLenFeature([], tf.int64),
        "accessibility": tf.io.FixedLenFeature([], tf.float32),
    }
    options = tf.data.Options()
    options.threading.private_threadpool_size = threads
    records = tf.data.TFRecordDataset([str(folder / f"train-{number}") for number in range(2)])
    batches = records.batch(BATCH).map(lambda batch: tf.io.parse_example(batch, layout))
    return batches.with_options(options)


def encoded_batches(folder: Path, threads: int):
    """The same, with sequences decoded and one-hot."""
    import tensorflow as tf

    from cisfuse.dna.sequences import one_hot_table

    table = tf.constant(one_hot_table())

    def encode(batch):
        codes = tf.io.decode_raw(batch["sequence"], tf.uint8)
        inputs = {
            "sequence": tf.gather(table, tf.cast(codes, tf.int32)),
            "accessibility": batch["accessibility"][:, None],
        }
        return inputs, tf.cast(batch["label"], tf.float32)[:, None]

    return parsed_batches(folder, threads).map(encode)


def project_batches():
    """A function that gives every batch of the project's feed of some examples once."""
    import tensorflow as tf

    from cisfuse.training.feed import Feed

    def run(examples) -> None:
        feed = Feed(examples=examples, inputs=["sequence", "accessibility"])
        batch_of = tf.function(feed.batch, reduce_retracing=True)
        rows = tf.range(len(examples))
        for start in range(0, len(examples), BATCH):
            batch_of(
                columns=feed.columns,
                rows=rows[start : start + BATCH],
                sequence_only=tf.constant(False),
            )

    return run


def print_compression(spans) -> None:
    """Seconds and size of a table at several levels of gzip."""
    text = spans.to_csv(sep="\t", index=False).encode()
    rows = []
    for level in (1, 3, 6, 9):
        start = time.perf_counter()
        size = len(gzip.compress(text, level, mtime=0))
        rows.append((f"level {level}", f"{time.perf_counter() - start:.2f}", f"{size / 1e6:.2f}"))
    title = f"gzip of a table of {len(text) / 1e6:.1f} MB"
    measure.print_table(title, ("what", "seconds", "MB"), rows)


def exhaust(batches) -> None:
    for _ in batches:
        pass


def main() -> None:
    parser = measure.parser("reading.py", __doc__)
    parser.add_argument("--threads", type=int, default=1, help="of TensorFlow")
    parser.add_argument("--spans", type=int, help="simulated spans")
    options = measure.parse(parser)
    count = options.spans or measure.size(options, smoke=2 * BATCH, quick=20_000, full=200_000)

    from cisfuse.examples.shards import read_split
    from cisfuse.training.devices import limit_threads

    limit_threads(threads=options.threads)
    examples = simulated_examples(count)
    print(f"\n{count:,} simulated spans, {options.threads} thread(s) of TensorFlow.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        manifest, spans = write_examples(folder, examples), span_table(examples)
        slow, fast = str(folder / "slow"), str(folder / "fast")
        writing = {
            EXAMPLE_LOOP: lambda: write_one_at_a_time(slow, examples),
            "cisfuse": lambda: write_shards([fast], examples),
        }
        parsed, encoded = (
            make(folder, options.threads) for make in (parsed_batches, encoded_batches)
        )
        reading = {PARSE: lambda: exhaust(parsed), "cisfuse": lambda: read_split(manifest, "train")}
        all_batches = project_batches()
        all_batches(examples)  # compiles it, as a training does once
        batches = {
            ENCODE: lambda: exhaust(encoded),
            "cisfuse, first epoch": lambda: all_batches(read_split(manifest, "train")),
            "cisfuse, later epoch": lambda: all_batches(examples),
        }
        tables = {
            "Writing shards": (writing, EXAMPLE_LOOP),
            "Reading shards": (reading, PARSE),
            f"Shards to batches of {BATCH:,} one-hot spans": (batches, ENCODE),
        }
        for title, (candidates, reference) in tables.items():
            seconds = measure.in_turn(candidates, options.repeats)
            measure.print_speeds(title, count, seconds, reference)
        print_compression(spans)
        if Path(slow).read_bytes() != Path(fast).read_bytes():
            raise SystemExit("the two ways to write a shard give different bytes")


if __name__ == "__main__":
    main()
