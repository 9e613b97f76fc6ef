"""Record what makes the study's results: inputs, config, versions, code and machine."""

from cisfuse.files import sha256, write_json
from cisfuse.jobs import rule_job
from cisfuse.versions import machine, versions

with rule_job(snakemake) as logger:
    paths = sorted(set(snakemake.input))
    logger.info("checksums of %d files", len(paths))
    content = {
        "inputs": {path: {"sha256": sha256(path)} for path in paths},
        "config": dict(snakemake.params.config),
        "samples": list(snakemake.params.samples),
        "versions": versions(),
        "code": snakemake.params.library,
        "machine": machine(),
    }
    write_json(content, snakemake.output[0])
