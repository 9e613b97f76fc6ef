"""Verify the genome FASTA, unpack it and index it; it must have the chromosomes asked for."""

from cisfuse.jobs.job import rule_job
from cisfuse.readers.downloads import verify_checksum
from cisfuse.readers.genome import check_requested, decompress_fasta, index_fasta

with rule_job(snakemake) as logger:
    genome = snakemake.input.genome
    if snakemake.params.checksum:
        verify_checksum(genome, snakemake.params.checksum)
    decompress_fasta(genome, snakemake.output.fasta)
    sizes = index_fasta(snakemake.output.fasta, source=genome)
    check_requested(snakemake.params.chromosomes, sizes, genome)
    logger.info("%s: %d sequences, %s bp", genome, len(sizes), f"{sum(sizes.values()):,}")
