"""Tile chromosomes with spans and drop those that cannot be used."""

from collections import Counter
from functools import partial

from cisfuse.base.files import table_writer
from cisfuse.jobs.job import rule_job
from cisfuse.readers.genome import read_chromosome, read_sizes
from cisfuse.readers.intervals import read_blacklist
from cisfuse.readers.names import read_names, renamed
from cisfuse.readers.spans import drop_unusable, tile_spans, write_dropped

with rule_job(snakemake) as logger:
    params = snakemake.params
    sizes = read_sizes(snakemake.input.fai)
    path = snakemake.input.get("blacklist")
    names = read_names(snakemake.input.get("names") or params.names)
    blacklist = renamed(read_blacklist(path), names, path)
    read = partial(read_chromosome, snakemake.input.fasta)
    dropped = Counter()
    with table_writer(snakemake.output.tiles) as write:
        for chrom in params.chromosomes or sizes:
            tiles, counts = drop_unusable(
                tile_spans(sizes, [chrom], params.length, params.stride),
                sizes,
                [chrom],
                blacklist,
                read,
                params.max_n_fraction,
            )
            dropped.update(counts)
            write(tiles)
            logger.info("%s: %s spans", chrom, f"{len(tiles):,}")
    logger.info("dropped %s", dict(dropped))
    write_dropped(dropped, snakemake.output.dropped)
