"""Speed of the data path, from an indexed FASTA, a bigWig and peaks to TFRecords.

    python benchmarks/data_path.py [--quick] [--repeats 3]
        [--fasta F --bigwig B --peaks P --blacklist L]

The project's way runs the scripts of tile_genome, label_spans, extract_signal, split_spans and
write_tfrecords one after the other in one process, tables, shards and manifest written. The
tutorials' way takes one span after the other: pyfaidx, pyBigWig, bisection of peaks, one
`tf.train.Example`. Each runs in a process of its own; imports are not counted. Without files of
yours a chromosome is simulated. `--quick` lets the tutorials' way take every tenth span;
`--smoke` lets both take all spans of a short chromosome.
"""

import json
import resource
import runpy
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import measure
from references import simulated_genome, tutorial_path

FILES = ("fasta", "bigwig", "peaks", "blacklist")
SIMULATED, SHORT = {"chr22": 50_000_000}, {"chr22": 1_600_000}  # bp
SHARDS = 8
SPANS = {"length": 101, "stride": 101, "min_overlap": 0.5, "partial_overlap": "drop"}
SPANS |= {"max_n_fraction": 0.1, "chromosomes": [], "whole": True}
SPANS |= {"peak_width": None, "names": None}
# Without a gap, and with blocks that no span straddles: both ways write the same spans.
SPLITS = {"method": "blocks", "fractions": {"train": 0.7, "valid": 0.15, "test": 0.15}}
SPLITS |= {"seed": 0, "block_size": 505_000, "gap": 0, "chromosomes": {"valid": [], "test": []}}
OWN, TUTORIAL = "cisfuse", "tutorials: one span at a time"


def files_of(kind: type, given: Mapping[str, str | list[str]]):
    """Files by name as one flat list, which is what Snakemake makes of them; "" is no file."""
    files = kind()
    for name, value in given.items():
        if value:
            start, several = len(files), isinstance(value, list)
            files.extend(value if several else [value])
            files._set_name(name, start, len(files) if several else None)
    return files


def run_rule(name: str, inputs: dict, outputs: dict, params: dict, folder: Path) -> None:
    """Run a rule's script as Snakemake does."""
    from snakemake.iocontainers import InputFiles, Log, OutputFiles, Params, ResourceList, Wildcards

    log = folder / "logs" / f"{name}.log"
    log.parent.mkdir(exist_ok=True)
    job = SimpleNamespace(
        rule=name,
        input=files_of(InputFiles, inputs),
        output=files_of(OutputFiles, outputs),
        params=Params(fromdict=params),
        log=Log([str(log)]),
        wildcards=Wildcards(fromdict={"sample": "sample"}),
        resources=ResourceList(fromdict={"mem_mb": 1000, "runtime": 60}),
        threads=1,
    )
    runpy.run_path(str(measure.SCRIPTS / f"{name}.py"), init_globals={"snakemake": job})


def own_way(paths: dict[str, str], folder: Path, step: int) -> dict[str, int]:
    """The six rules; ``step`` is not used. Returns the numbers of spans and positives."""
    from cisfuse.base.files import read_table

    files = ("tiles", "labelled", "signals", "spans")
    tiles, labelled, signals, spans = (str(folder / f"{name}.tsv.gz") for name in files)
    dropped = [str(folder / f"{name}.dropped.tsv") for name in ("tiles", "labelled", "spans")]
    blocks = str(folder / "blocks.tsv")
    genome = {"fasta": paths["fasta"], "fai": f"{paths['fasta']}.fai"}
    shards = [
        str(folder / f"{split}-{shard:05d}-of-{SHARDS:05d}.tfrecord")
        for split in SPLITS["fractions"]
        for shard in range(SHARDS)
    ]
    task, source = {"task": "binding"}, {"source": "spans"}
    rules = {
        "tile_genome": (
            {**genome, "blacklist": paths["blacklist"]},
            {"tiles": tiles, "dropped": dropped[0]},
            SPANS,
        ),
        "label_spans": (
            {"peaks": paths["peaks"], "tiles": tiles, "dropped": dropped[0]},
            {"spans": labelled, "dropped": dropped[1]},
            SPANS | task,
        ),
        "extract_signal": (
            {"spans": labelled, "atac": paths["bigwig"]},
            {"signals": signals},
            SPANS,
        ),
        "share_splits": (
            {"fai": genome["fai"], "spans": [labelled]},
            {"blocks": blocks},
            {"splits": SPLITS, "parts": [1], "chromosomes": [], "length": 101} | task,
        ),
        "split_spans": (
            {
                "blocks": blocks,
                "spans": [labelled],
                "signals": [signals],
                "dropped": [dropped[1]],
            },
            {"spans": spans, "splits": str(folder / "splits.tsv"), "dropped": dropped[2]},
            {"splits": SPLITS} | task,
        ),
        "write_tfrecords": (
            {**genome, "spans": spans},
            {"manifest": str(folder / "manifest.json"), "shards": shards},
            {"sample": "sample", "spans": SPANS, "splits": SPLITS} | task | source,
        ),
    }
    for name, (inputs, outputs, params) in rules.items():
        start = time.perf_counter()
        run_rule(name, inputs, outputs, params, folder)
        print(f"{name}: {time.perf_counter() - start:.2f} s", file=sys.stderr)
    counts = read_table(folder / "splits.tsv")
    splits = json.loads((folder / "manifest.json").read_text())["splits"].values()
    if sum(entry["examples"] for entry in splits) != counts["spans"].sum():
        raise SystemExit("the shards hold other spans than their table")
    return {count: int(counts[count].sum()) for count in ("spans", "positives")}


def import_all() -> None:
    """What own_way needs and does not count."""
    import pybedtools  # noqa: F401
    import snakemake.iocontainers  # noqa: F401

    import cisfuse.examples.shards
    import cisfuse.jobs.job
    import cisfuse.readers.checks
    import cisfuse.readers.signals
    import cisfuse.sources.spans.checks
    import cisfuse.sources.splits  # noqa: F401


def measure_way(name: str, paths: dict[str, str], step: int) -> None:
    """Run one way in this process, and print what it took as a line of JSON."""
    if name == OWN:
        import_all()
    else:
        import tensorflow  # noqa: F401
    way = own_way if name == OWN else tutorial_path.write_examples
    with tempfile.TemporaryDirectory() as folder:
        start, before = time.perf_counter(), time.process_time()
        counts = way(paths, Path(folder), step)
        seconds, cpu = time.perf_counter() - start, time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({**counts, "seconds": seconds, "cpu": cpu, "peak_mb": peak}))


def in_turn(paths: dict[str, str], repeats: int, step: int) -> dict[str, list[dict]]:
    """What each way took in each turn."""
    found: dict[str, list[dict]] = {OWN: [], TUTORIAL: []}
    for _ in range(repeats):
        for name, results in found.items():
            own_step = 1 if name == OWN else step
            command = [sys.executable, __file__, "--way", name, json.dumps(paths), str(own_step)]
            results += measure.from_processes([command])
    return found


def prepare(options, folder: Path) -> dict[str, str]:
    """Paths of the user's files, the FASTA unpacked and indexed, or of simulated ones."""
    from cisfuse.readers.genome import decompress_fasta, index_fasta

    paths = {name: getattr(options, name) for name in FILES}
    if any(paths.values()):
        if not all(paths[name] for name in FILES[:3]):
            raise SystemExit("give --fasta, --bigwig and --peaks together")
        fasta = folder / "genome.fa"
        decompress_fasta(source=paths["fasta"], target=fasta)
    else:
        sizes = SHORT if options.smoke else SIMULATED
        print(f"\nSIMULATED data: a chromosome of {sizes['chr22']:,} bp")
        paths = simulated_genome.write_study(folder, sizes)
        fasta = paths["fasta"]
    index_fasta(fasta)
    return {**{name: str(path or "") for name, path in paths.items()}, "fasta": str(fasta)}


def main() -> None:
    parser = measure.parser("data_path.py", __doc__)
    for name in FILES:
        parser.add_argument(f"--{name}", help="real data instead of simulated ones")
    parser.add_argument("--way", nargs=3, metavar=("NAME", "PATHS", "STEP"), help="one process")
    options = measure.parse(parser)
    if options.way:
        name, paths, step = options.way
        measure_way(name, json.loads(paths), int(step))
        return
    with tempfile.TemporaryDirectory() as folder:
        paths = prepare(options, Path(folder))
        step = measure.size(options, smoke=1, quick=10, full=1)
        found = in_turn(paths, 1 if options.quick else options.repeats, step)
    counts = {
        name: {(row["spans"], row["positives"]) for row in rows} for name, rows in found.items()
    }
    if step == 1 and counts[OWN] != counts[TUTORIAL]:
        raise SystemExit(f"the two ways made different spans: {counts}")

    def median(name: str, key: str) -> float:
        return statistics.median(row[key] for row in found[name])

    speed = {name: median(name, "spans") / median(name, "seconds") for name in found}
    rows = [
        (
            name,
            f"{median(name, 'spans'):,.0f}",
            f"{median(name, 'seconds'):.1f}",
            f"{median(name, 'cpu'):.1f}",
            f"{speed[name]:,.0f}",
            f"{median(name, 'peak_mb'):.0f}",
            f"{speed[name] / speed[TUTORIAL]:.2f}",
        )
        for name in found
    ]
    header = ("what", "spans", "seconds", "CPU seconds", "spans/s", "peak MB", "ratio")
    measure.print_table("From genome, signal and peaks to TFRecords", header, rows)


if __name__ == "__main__":
    main()
