"""What the page says of each sample comes from that sample's files."""

import json
from dataclasses import replace

import pytest
from plain_explanations import make_closed, make_tables
from rows import ROW

from cisfuse.report.study import Study, read_explanations


@pytest.fixture
def study():
    rows = [{**ROW, "sample": "own"}, {**ROW, "sample": "other", "trained_on": "own"}]
    return Study(
        name="s",
        source="spans",
        task="binding",
        features=["sequence", "accessibility"],
        settings={"fusion_cnn": {}},
        reads={"fusion_cnn": ["sequence", "accessibility"]},
        samples=rows,
        scored=["own", "other"],
        trained=["own"],
        explained=["fusion_cnn", "sequence_cnn"],
        seeds=[0],
        rounds=1,
        folds=0,
        genome=None,
        span_length=101,
        peak_width=None,
        simulated=False,
        published={},
    )


@pytest.fixture
def inputs(tmp_path, study):
    """Tables of which the precision of sites tells the sample and the model."""
    paths = {}

    def keep(name: str, number: int, text: str) -> None:
        path = tmp_path / f"{name}-{number}"
        path.write_text(text)
        paths.setdefault(name, []).append(str(path))

    for number in range(len(study.samples) * len(study.explained)):
        found = make_tables(average_precision=0.1 + 0.1 * number)
        for name in ("methods", "motifs"):
            table = getattr(found, name).to_csv(sep="\t", index=False)
            keep(f"explained_{name}", number, table)
        for name in ("discovery", "choice"):
            keep(f"explained_{name}", number, json.dumps(getattr(found, name)))
    for number in range(len(study.samples)):
        closed = make_closed()
        keep("closed_tsv", number, closed.table.to_csv(sep="\t", index=False))
        facts = closed.facts | {"test": {"spans": 1000 + number, "bound": 1}}
        keep("closed_json", number, json.dumps(facts))
        keep("figure_true_positives", number, f"picture {number}")
    return paths


def test_a_sample_of_another_ones_models_is_explained_and_says_whose_they_are(study, inputs):
    found = read_explanations(study, inputs)
    assert list(found) == ["own", "other"]
    assert found["own"].origin == ""
    assert found["other"].origin.startswith("Explained with the models trained on own. ")
    precisions = [[row[1] for row in found[sample].models] for sample in found]
    assert precisions == [["0.100", "0.200"], ["0.300", "0.400"]]
    for number, each in enumerate(found.values()):
        assert f"of all {1000 + number:,} test spans" in " ".join(each.findings)
    pictures = [each.figures["examples"][0].source for each in found.values()]
    assert len(set(pictures)) == 2


def test_nothing_is_explained_where_no_model_is(study):
    assert read_explanations(replace(study, explained=[]), {}) == {}
