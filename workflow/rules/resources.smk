# Needs: nothing.
# Makes: memory() and minutes(), what rules ask of a cluster.

SNAKEMAKE_MB = 300  # the two processes that a job of a cluster holds beside the script
CHROMOSOME_MB = 260  # sequence is read by chromosome, and no longer one is common


def memory(base, **rates):
    """A job's mem_mb: its start, and MB per MB of some of its inputs; a retry asks for it again.

    The figures are those of benchmarks/default_run.py and scale.py, and of two real studies.
    """

    def ask(wildcards, input, attempt):
        held = sum(
            rate * sum(map(megabytes, listed(input.get(name))))
            for name, rate in rates.items()
        )
        return attempt * round(SNAKEMAKE_MB + base + held)

    return ask


def minutes(first):
    """A job's runtime, longer when it is tried again."""
    return lambda wildcards, attempt: attempt * first


def listed(paths):
    """Paths of a named input, which may be one, several or none."""
    return [paths] if isinstance(paths, str) else paths or []


def megabytes(path):
    """What a job that reads a file has to hold of it, as text, in MB."""
    if path.lower().endswith((".bw", ".bigwig")):
        return 0
    size = os.path.getsize(path) / 1e6
    if path.endswith(".fa"):
        return min(size, CHROMOSOME_MB)
    return 4 * size if path.endswith(".gz") else size
