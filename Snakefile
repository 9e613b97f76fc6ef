# cisfuse: from a genome, peaks and chromatin accessibility to a model of binding.
# This file is the table of contents; the stages are in workflow/rules/.

from snakemake.utils import min_version

min_version("9.20")


# --configfile replaces the default study, it is not laid over it.
if not workflow.config_settings.configfiles:

    configfile: "config/config.yaml"


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/targets.smk"
include: "workflow/rules/references.smk"
include: "workflow/rules/spans.smk"
include: "workflow/rules/examples.smk"
include: "workflow/rules/training.smk"
include: "workflow/rules/evaluation.smk"
include: "workflow/rules/interpretation.smk"
include: "workflow/rules/requests.smk"
include: "workflow/rules/report.smk"


rule all:
    default_target: True
    input:
        f"results/{config['study']}/summary.txt",
        f"results/{config['study']}/report.html",
        f"results/{config['study']}/provenance.json",
        results(),
        traces(),


onsuccess:
    print(headline())
