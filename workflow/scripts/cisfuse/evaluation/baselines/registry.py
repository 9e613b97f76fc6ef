"""The registry of baselines: what each reads, for which tasks, and where its class is.

A further baseline is a class in a module of this package and an entry here. The class has the
methods of `cisfuse.evaluation.baselines.fitting.Estimator` and the entry's name in capitals and
without underscores: ``gc_content`` is ``GcContent``. The rules read this module when they are
parsed, so it imports nothing that takes long.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cisfuse.base.errors import ConfigError

SIMPLE = "cisfuse.evaluation.baselines.simple"
MATRICES = "cisfuse.evaluation.baselines.matrices"
KMERS = "cisfuse.evaluation.baselines.kmers"
WORDS = "cisfuse.evaluation.baselines.words"
BINDING, ACTIVITY = ("binding",), ("activity",)
SEQUENCE, ACCESSIBILITY = ("sequence",), ("accessibility",)


@dataclass(frozen=True)
class Baseline:
    """A baseline: its features and tasks, and how it is made and shown.

    fitted: False where it scores an example the same whatever it is fitted on, so that scores
    of several folds compare as they are. module: where its class is, empty where a rule of its
    own predicts it. general: False where it is there only when it is asked for by name, by a
    source or by the workflow. curve: its place in figures of curves, "first" (before the
    predictions of other programs) or "last"; empty where it stands in tables only. table:
    whether NAME.tsv says what it found.
    """

    name: str
    reads: tuple[str, ...]
    tasks: tuple[str, ...]
    fitted: bool
    module: str
    general: bool = True
    curve: str = ""
    table: bool = False


# Their order is that of tables and of figures.
_ALL = (
    Baseline("prevalence", (), BINDING, True, SIMPLE),
    Baseline("mean", (), ACTIVITY, True, SIMPLE),
    Baseline("gc_content", SEQUENCE, BINDING, False, SIMPLE),
    Baseline("gc_regression", SEQUENCE, ACTIVITY, True, SIMPLE),
    Baseline("jaspar_best_match", SEQUENCE, BINDING, False, MATRICES),
    Baseline("best_match_regression", SEQUENCE, ACTIVITY, True, MATRICES, curve="last"),
    Baseline("raw_accessibility", ACCESSIBILITY, BINDING, False, SIMPLE, curve="first"),
    Baseline("accessibility_regression", ACCESSIBILITY, ACTIVITY, True, SIMPLE, curve="first"),
    Baseline("matrix_regression", SEQUENCE + ACCESSIBILITY, BINDING, True, MATRICES, curve="last"),
    Baseline(
        "matrix_linear_regression",
        SEQUENCE + ACCESSIBILITY,
        ACTIVITY,
        True,
        MATRICES,
        curve="last",
    ),
    Baseline("boosted_trees", SEQUENCE + ACCESSIBILITY, BINDING, True, MATRICES, curve="last"),
    Baseline("kmer_regression", SEQUENCE, BINDING, True, KMERS, curve="last"),
    Baseline(
        "kmer_accessibility_regression",
        SEQUENCE + ACCESSIBILITY,
        BINDING,
        True,
        KMERS,
        curve="last",
    ),
    Baseline("kmer_ridge", SEQUENCE, ACTIVITY, True, KMERS, curve="last"),
    Baseline(
        "late_stack", SEQUENCE + ACCESSIBILITY, BINDING, True, "", general=False, curve="last"
    ),
    Baseline("average_accessibility", ACCESSIBILITY, BINDING, True, "", general=False),
    Baseline(
        "string_search",
        SEQUENCE,
        BINDING,
        True,
        WORDS,
        general=False,
        curve="last",
        table=True,
    ),
)
BASELINES = {baseline.name: baseline for baseline in _ALL}


def baselines_for(task: str, features: Sequence[str], extra: Sequence[str] = ()) -> list[str]:
    """The baselines of a task whose examples have these features, in the registry's order.

    ``extra`` are those asked for beside the general ones; each is left out too where the task
    or a feature is another's. Raises `KeyError` for an extra one that is not in the registry.
    """
    asked = {BASELINES[name] for name in extra}
    return [
        baseline.name
        for baseline in BASELINES.values()
        if task in baseline.tasks
        and set(baseline.reads) <= set(features)
        and (baseline.general or baseline in asked)
    ]


def baseline_inputs() -> dict[str, list[str]]:
    """What each baseline reads, by its name, for tables and figures."""
    return {name: list(baseline.reads) for name, baseline in BASELINES.items()}


def curves_of(place: str) -> list[str]:
    """The baselines whose curves are drawn "first" or "last", in order."""
    return [name for name, baseline in BASELINES.items() if baseline.curve == place]


def is_unfitted(run: str) -> bool:
    """Tell whether a run, also a model's, is a baseline whose scores need no fit to compare."""
    return run in BASELINES and not BASELINES[run].fitted


def check_names(models: Collection[str], place: str) -> None:
    """Raise `ConfigError` where a model of the config ``place`` has the name of a baseline.

    Its predictions would lie in the baseline's folder.
    """
    for name in models:
        if name in BASELINES:
            raise ConfigError(
                f"{place}: training.models: '{name}' is the name of something else among the "
                "results; choose another"
            )
