"""Tile the chromosomes with spans and drop those that cannot be used."""

from functools import partial

import pandas as pd

from cisfuse.files import write_table
from cisfuse.genome import read_chromosome, read_sizes
from cisfuse.intervals import read_blacklist
from cisfuse.jobs import rule_job
from cisfuse.spans import drop_unusable, tile_spans

with rule_job(snakemake.log[0]) as logger:
    params = snakemake.params
    sizes = read_sizes(snakemake.input.fai)
    chromosomes = params.chromosomes or list(sizes)
    tiles = tile_spans(sizes, chromosomes, params.length, params.stride)
    logger.info("tiled %s spans on %s", f"{len(tiles):,}", ", ".join(chromosomes))
    tiles, dropped = drop_unusable(
        tiles,
        sizes,
        chromosomes,
        read_blacklist(snakemake.input.get("blacklist")),
        partial(read_chromosome, snakemake.input.fasta),
        params.max_n_fraction,
    )
    logger.info("kept %s spans, dropped %s", f"{len(tiles):,}", dropped)
    write_table(tiles, snakemake.output.tiles)
    counts = pd.DataFrame({"reason": dropped.keys(), "spans": dropped.values()})
    write_table(counts, snakemake.output.dropped)
