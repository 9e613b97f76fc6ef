# cisfuse: from a genome, peaks and chromatin accessibility to a model of binding.
# This file is the table of contents; the stages are in workflow/rules/.

import os

from snakemake.utils import min_version

min_version("9.20")


# As a module of another workflow this one takes its config from there, and leaves the report to it.
MAIN = workflow.modifier.is_main_snakefile()

# --configfile replaces the default study, it is not laid over it. In a folder without a study
# of its own the default study is the one beside this file.
if MAIN and not workflow.config_settings.configfiles:
    HOME = "" if os.path.exists("config/config.yaml") else workflow.basedir

    configfile: os.path.join(HOME, "config/config.yaml")

    # What --config gives is meant from here.
    if "samples" not in workflow.config_settings.config:
        config["samples"] = os.path.join(HOME, config["samples"])


if MAIN:

    report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/functions.smk"
include: "workflow/rules/targets.smk"
include: "workflow/rules/resources.smk"


rule all:
    input:
        f"results/{config['study']}/summary.txt",
        f"results/{config['study']}/report.html",
        f"results/{config['study']}/provenance.json",
        results(),


include: "workflow/rules/references.smk"
include: f"workflow/rules/sources/{SOURCE.NAME}.smk"
include: "workflow/rules/spans.smk"
include: "workflow/rules/examples.smk"
include: "workflow/rules/training.smk"
include: "workflow/rules/evaluation_predictions.smk"
include: "workflow/rules/evaluation.smk"
include: "workflow/rules/interpretation.smk"
include: "workflow/rules/interpretation_controls.smk"
include: "workflow/rules/interpretation_requests.smk"
include: "workflow/rules/report.smk"


onsuccess:
    print(headline())
