"""What is planned for each config, and what every rule has."""

import re
import shlex

import pytest
from study import (
    EXPLANATION_RULES,
    MODELS,
    PEAKS,
    ROOT,
    SEQUENCE_MODELS,
    copy_workflow,
    make_study,
    plan,
    read_table,
    sample_row,
    set_config,
    snakemake,
    write_sheet,
)

SCRIPTS = ROOT / "workflow/scripts"
NOT_STAGES = ("common", "functions", "targets", "resources")
SHARED = {ROOT / f"workflow/rules/{name}.smk" for name in NOT_STAGES}
STAGES = sorted(set((ROOT / "workflow/rules").glob("*.smk")) - SHARED)
SOURCES = [ROOT / f"workflow/rules/sources/{name}.smk" for name in ("sequences", "spans")]
RULE = re.compile(r"^ *rule (\w+):\n(.*?)(?=^ *rule \w+:|\Z)", re.M | re.S)


def rules() -> dict[str, str]:
    """The text of every rule, by its name."""
    paths = [*STAGES, *SOURCES]
    return {name: body for path in paths for name, body in RULE.findall(path.read_text())}


BASELINES = 9  # with the late stack


def expected_jobs(
    models, explained, *, seeds=1, folds=0, tiled=True, simulated=False
) -> dict[str, int]:
    """Jobs of a study with one sample."""
    once = ["index_genome", "check_inputs", "label_spans", "extract_signal", "share_splits"]
    once += ["split_spans", "audit_splits", "plot_rounds", "summarise_study", "write_report"]
    once += ["count_closed_motifs"] * bool(explained)
    once += ["tile_genome"] * tiled + ["simulate_study"] * simulated
    jobs = {**dict.fromkeys(once, 1), "record_provenance": 6}
    rules = ["write_tfrecords", "verify_tfrecords", "predict_baselines", "predict_late_stack"]
    for rule in rules:
        jobs[rule] = 1 + folds
    for rule in ("score_predictions", "plot_scores"):
        jobs[rule] = 2 if folds else 1
    for model in models:
        jobs[f"train_model[{model}]"] = seeds * (1 + folds)
        jobs[f"predict_spans[{model}]"] = 1 + folds
        if seeds > 1:
            jobs[f"average_predictions[{model}]"] = 2 if folds else 1
    for model in explained:
        jobs |= {f"{rule}[{model}]": 1 for rule in EXPLANATION_RULES}
    if folds:
        jobs |= {"split_folds": 1, "pool_folds": len(models) * seeds + BASELINES}
    return jobs


def test_the_default_config_plans_every_rule_once_per_model(tmp_path):
    folder = copy_workflow(tmp_path)
    expected = expected_jobs(MODELS, ["fusion_cnn"], seeds=3, simulated=True)
    assert plan(folder, config=None) == expected


@pytest.mark.parametrize(
    ("study", "expected"),
    [
        (
            "jund_hepg2",
            expected_jobs(
                [*MODELS, "fusion_cnn_published"],
                [*SEQUENCE_MODELS, "fusion_cnn_published"],
                seeds=3,
                tiled=False,
            ),
        ),
        ("jund_k562", expected_jobs(MODELS, SEQUENCE_MODELS, folds=5)),
    ],
)
def test_the_further_studies_plan_when_their_files_are_there(tmp_path, study, expected):
    folder = copy_workflow(tmp_path)
    text = (folder / f"config/{study}.yaml").read_text()
    row = read_table(folder / f"config/{study}.tsv").iloc[0]
    paths = re.findall(r"^  (?:genome|blacklist): (\S+)", text, re.M)
    paths += [path for path in row[["peaks", "spans", "atac"]] if path]
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).touch()
    assert plan(folder, config=f"config/{study}.yaml") == expected


def test_requests_plan_a_page_per_explained_model(tmp_path):
    folder = make_study(tmp_path)
    before = plan(folder)
    set_config(folder, "interpretation.spans", ["chr22:30,000-30,101"])
    set_config(folder, "interpretation.variants", ["chr22:30010:A>C"])
    added = {"place_requests": 1}
    for model in SEQUENCE_MODELS:
        added |= {f"explain_requests[{model}]": 1, f"write_requests[{model}]": 1}
    assert plan(folder) - before == added


def test_a_sample_of_another_ones_models_is_explained_and_not_trained(tmp_path):
    folder = make_study(tmp_path)
    set_config(folder, "training.seeds", [0, 1])
    set_config(folder, "interpretation.models", ["fusion_cnn"])
    set_config(folder, "interpretation.spans", ["chr22:30,000-30,101"])
    before = plan(folder)
    write_sheet(folder, [sample_row(), sample_row(sample="other", trained_on="jund")])
    both = plan(folder)
    rules = [*EXPLANATION_RULES, "explain_requests", "write_requests"]
    jobs = [*(f"{rule}[fusion_cnn]" for rule in rules), "count_closed_motifs", "place_requests"]
    assert {job: (before[job], both[job]) for job in jobs} == dict.fromkeys(jobs, (1, 2))
    train = {job: count for job, count in both.items() if job.startswith("train_model")}
    assert train == dict.fromkeys((f"train_model[{model}]" for model in MODELS), 2)
    place = "results/tiny/interpretation/other/fusion_cnn/seed-0"
    names = ("attributions.npz", "controls.npz", "margin.json", "requested.npz")
    alone = plan(folder, "--", *(f"{place}/{name}" for name in names))
    assert alone["train_model[fusion_cnn]"] == 2, "a job per seed, all of the other sample"
    assert "choose_spans[fusion_cnn]" in alone


def test_labels_are_called_of_samples_and_not_of_pooled_folds(tmp_path):
    folder = make_study(tmp_path)
    set_config(folder, "splits.folds", 3)
    before = plan(folder)
    set_config(folder, "evaluation.published", {MODELS[0]: {"convention": "labels"}})
    assert plan(folder) - before == {"call_labels": 1}


def test_spans_are_made_by_chromosome_and_a_bed_of_spans_at_once(tmp_path):
    folder = make_study(tmp_path)
    bed = sample_row(sample="second", peaks="", spans=PEAKS)
    write_sheet(folder, [sample_row(), bed])
    for chromosomes, parts in [([], 1), (["chr22"], 1), (["chr22", "chr21"], 2), (["a*", "b"], 1)]:
        set_config(folder, "spans.chromosomes", chromosomes)
        jobs = plan(folder)
        assert jobs["tile_genome"] == parts
        assert jobs["label_spans"] == jobs["extract_signal"] == parts + 1
        assert jobs["split_spans"] == jobs["check_inputs"] == 2


def test_every_rule_has_the_script_of_its_name_and_every_script_a_rule():
    scripts = {path.stem for path in SCRIPTS.glob("*.py")}
    assert set(rules()) == scripts
    for name, body in rules().items():
        assert f'../scripts/{name}.py"' in body, name


@pytest.mark.parametrize("name", sorted(rules()))
def test_a_rule_has_log_benchmark_environment_and_resources(name):
    body = rules()[name]
    for section in ("output", "log", "benchmark", "conda", "threads", "resources", "params"):
        assert re.search(rf"^ +{section}:", body, re.M), section
    assert re.search(r"^ +mem_mb=memory\(\d+(, \w+=[\d.]+)*\),$", body, re.M)
    assert re.search(r"^ +runtime=minutes\(\d+\),$", body, re.M)
    assert re.search(
        rf'^ +code=(code_digest|digest_of)\(\s*"{name}"|code=training_digest', body, re.M
    )


@pytest.mark.parametrize("path", [*STAGES, *SOURCES], ids=lambda path: path.stem)
def test_a_file_opens_with_what_it_needs_makes_and_does(path):
    opening = re.match(r"(#.*\n)+", path.read_text())[0]
    words = re.findall(r"^# (\w+):", opening, re.M)
    kind = "Source" if path in SOURCES else "Stage"
    assert words == [kind, "Needs", "Makes", "Steps"]
    # A stage of many rules has further files, named after it and what they hold.
    assert re.search(rf"^# {kind}: (\w+)\W", opening)[1] == path.stem.partition("_")[0]
    for name in RULE.findall(path.read_text()):
        assert name[0] in opening, f"{name[0]} is not among the steps"


# The report is about all stages, and its files lie above their folders.
OF_A_STAGE = [path for path in STAGES if path.stem not in ("report", "references")]


@pytest.mark.parametrize("path", [*OF_A_STAGE, *SOURCES], ids=lambda path: path.stem)
def test_a_rule_writes_where_its_stage_is(path):
    """A source ends in the table of examples, of the stage spans, and may index references."""
    named = path.stem.partition("_")[0]
    stages = ("spans", "references") if path in SOURCES else (named,)
    folders = {
        kind: tuple(f"{above}{stage}/" for stage in stages)
        for kind, above in (("output", ""), ("log", "logs/"), ("benchmark", "benchmarks/"))
    }
    section = re.compile(r"^( +)(output|log|benchmark):\n((?:\1 {4}.*\n)+)", re.M)
    for name, body in RULE.findall(path.read_text()):
        found = {kind: text for _, kind, text in section.findall(body)}
        assert found.keys() == folders.keys(), name
        for kind, text in found.items():
            for written in re.findall(r'"results/\{study\}/(\S+)"', text):
                assert written.startswith(folders[kind]), (name, written)


def test_the_default_profile_sets_what_reruns_depend_on():
    text = (ROOT / "profiles/default/profile.yaml").read_text()
    assert "rerun-triggers: [mtime, params, input]" in text
    assert "max-checksum-file-size: 10000000000" in text


def test_commands_that_the_profile_advertises_work(tmp_path):
    folder = copy_workflow(tmp_path)
    text = (folder / "profiles/default/profile.yaml").read_text()
    for line in re.findall(r"`snakemake ([^`]+)`", text):
        snakemake(folder, "-n", *shlex.split(line), config=None)


def test_lint_is_clean(tmp_path):
    folder = copy_workflow(tmp_path)
    output = snakemake(folder, "--lint", config=None).stdout
    assert "Congratulations" in output
