"""Say what made a folder's files: every job, input, version and machine, and the config."""

from cisfuse.base.files import write_json
from cisfuse.jobs.job import rule_job, study_folder
from cisfuse.jobs.lineage import seeds_of, trace
from cisfuse.jobs.records import Records

with rule_job(snakemake) as logger:
    params = snakemake.params
    lineage = trace(Records(study_folder(snakemake.log[0])), snakemake.input)
    logger.info("%d files, made by %d jobs", len(set(snakemake.input)), len(lineage["jobs"]))
    about = {"config": params.config, "samples": params.samples, "seeds": seeds_of(params.config)}
    write_json(about | lineage, snakemake.output[0])
