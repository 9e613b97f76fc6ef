"""The rule predict_baselines: what it writes of a factor that JASPAR has, and of one it lacks."""

import runpy

import pytest
from baseline_examples import bound_by_site, write_examples
from stand_ins import Named, stand_in

from cisfuse.base.files import read_table
from cisfuse.evaluation.baselines.registry import BASELINES
from cisfuse.examples.manifest import read_manifest
from cisfuse.jobs import digest

READ_MATRICES = ["jaspar_best_match", "matrix_regression"]
NAMES = ["prevalence", *READ_MATRICES]
SPLITS = ["train", "valid", "test"]


def call(folder, factor, group=None):
    """Tables of predictions by baseline and split, and the two others that the rule writes."""
    manifest = write_examples(folder / "examples", bound_by_site)
    paths = {(name, split): folder / name / f"{split}.tsv.gz" for name in NAMES for split in SPLITS}
    others = {name: str(folder / f"{name}.tsv") for name in ("matrices", "unavailable")}
    for each in [folder / "logs", *(folder / name for name in NAMES)]:
        each.mkdir()
    job = stand_in(
        "predict_baselines",
        str(folder / "logs/job.log"),
        input=Named(manifest=manifest, fit_manifest=manifest),
        output=Named(*map(str, paths.values()), **others),
        params=Named(
            factor=factor,
            matrices=[],
            group=group,
            seed=0,
            task="binding",
            baselines=NAMES,
            modules=[BASELINES[name].module for name in NAMES],
            tables=[],
        ),
    )
    runpy.run_path(str(digest.SCRIPTS / "predict_baselines.py"), {"snakemake": job})
    found = {key: read_table(path) for key, path in paths.items()}
    counts = {split: read_manifest(manifest).count(split) for split in SPLITS}
    return found, counts, *(read_table(path) for path in others.values())


def test_what_reads_matrices_has_a_reason_and_no_rows_for_a_factor_without(tmp_path, capsys):
    found, counts, matrices, unavailable = call(tmp_path, "EP300")
    assert matrices.empty
    for (name, split), table in found.items():
        assert len(table) == (0 if name in READ_MATRICES else counts[split])
        assert table.columns.tolist() == found["prevalence", split].columns.tolist()
    assert unavailable["model"].tolist() == READ_MATRICES
    assert "JASPAR has no matrix of the factor" in unavailable["reason"].iloc[0]
    assert "jaspar best match is not available" in capsys.readouterr().err


@pytest.mark.parametrize("group", [None, "fungi"])
def test_a_factor_of_fungi_has_its_matrix(tmp_path, group):
    found, counts, matrices, unavailable = call(tmp_path, "Reb1", group)
    assert matrices[["matrix", "group"]].to_numpy().tolist() == [["MA0363.3", "fungi"]]
    assert unavailable.empty
    for (_, split), table in found.items():
        assert len(table) == counts[split]
    assert found["jaspar_best_match", "test"]["logit"].nunique() > 10
