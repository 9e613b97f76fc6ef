# Needs: the names of common.smk.
# Makes: the parts in which spans are made, and what the rules of spans.smk read of each; AUDITED,
#        what audit_splits reads beside the table of spans.

# Spans are made in parts: one per chromosome where the config lists them, else one for the
# whole genome, since nothing is read at parse time. Parts name files.
WHOLE = {"genome": config["spans"]["chromosomes"]}
PARTS = {chrom: [chrom] for chrom in config["spans"]["chromosomes"]}
if not PARTS or not all(re.fullmatch(r"[A-Za-z0-9._-]+", part) for part in PARTS):
    PARTS = WHOLE


wildcard_constraints:
    part=one_of([*PARTS, *WHOLE]),


def blacklist(wildcards):
    return config["references"]["blacklist"] or []


def parts_of(sample):
    """The parts of a sample's spans, and the chromosomes of each; a BED of spans is read once."""
    return PARTS if SAMPLES[sample]["peaks"] else WHOLE


def chromosomes_of(wildcards):
    """The chromosomes of a part; an empty list means all of the FASTA."""
    return parts_of(wildcards.sample)[wildcards.part]


def gather_parts(pattern):
    """An input function: the file of each part of a sample, in the order of the config."""
    return lambda wildcards: expand(
        pattern, part=parts_of(wildcards.sample), **wildcards
    )


def of_other(pattern):
    """An input function: a file of the sample whose models are scored, where it is another one."""
    return lambda wildcards: (
        pattern.format(study=wildcards.study, sample=source_of(wildcards))
        if SAMPLES[wildcards.sample]["trained_on"]
        else []
    )


def labelling_inputs(wildcards):
    """What label_spans reads: tiles and peaks, or a BED of labelled spans and what checks it."""
    row = SAMPLES[wildcards.sample]
    folder = f"results/{wildcards.study}"
    checks = f"{folder}/references/{wildcards.sample}/checks.tsv"
    if row["peaks"]:
        return {
            "checks": checks,
            "names": names_file(wildcards),
            "peaks": row["peaks"],
            "tiles": f"{folder}/spans/tiles/{wildcards.part}.tsv.gz",
            "dropped": f"{folder}/spans/tiles/{wildcards.part}.dropped.tsv",
            "ambiguous": row["ambiguous"] or [],
        }
    return {
        "checks": checks,
        "names": names_file(wildcards),
        "spans": row["spans"],
        "blacklist": blacklist(wildcards),
        "fasta": f"resources/{wildcards.study}/genome/genome.fa",
        "fai": f"resources/{wildcards.study}/genome/genome.fa.fai",
    }


def labelled_parts(wildcards):
    """All spans of a sample, also those that its split leaves out; of a fold, of its sample."""
    name = row_of(wildcards)["sample"]
    pattern = "results/{study}/spans/{sample}/labelled/{part}.tsv.gz"
    return expand(pattern, study=wildcards.study, sample=name, part=parts_of(name))


AUDITED = {"labelled": labelled_parts, "trained": trained_spans}
