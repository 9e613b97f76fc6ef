"""A training of the tiny study that takes long enough to be disturbed, and what it must end in."""

import io
import re
import zipfile
from pathlib import Path

import h5py
import numpy as np
from study import RESULTS, SPLITS

ROUNDS = 40
FOLDER = RESULTS / "training/jund/fusion_cnn/seed-0"
PREDICTIONS = [RESULTS / f"evaluation/jund/fusion_cnn/seed-0/{split}.tsv.gz" for split in SPLITS]
CHECKPOINTS = [f"round-{number:02d}.keras" for number in range(1, ROUNDS + 1)]
TARGETS = [*map(str, PREDICTIONS), str(FOLDER / CHECKPOINTS[-1])]


def weights_of(path: Path) -> dict[str, np.ndarray]:
    """Every array of a saved model, by its place in the archive."""
    found = {}
    with zipfile.ZipFile(path) as archive:
        content = io.BytesIO(archive.read("model.weights.h5"))
    with h5py.File(content) as file:
        file.visititems(
            lambda name, item: (
                found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None
            )
        )
    assert len(found) > 4
    return found


def assert_same(study: Path, once: Path) -> None:
    for path in (FOLDER / "rounds.tsv", *PREDICTIONS):
        assert (study / path).read_bytes() == (once / path).read_bytes(), path
    for name in ("best.keras", "last.keras", *CHECKPOINTS):
        one, other = (weights_of(folder / FOLDER / name) for folder in (study, once))
        assert one.keys() == other.keys()
        for place, array in one.items():
            np.testing.assert_array_equal(array, other[place], err_msg=f"{name}: {place}")
    leftovers = [path for path in study.rglob("*") if re.search(r"\.part$|^part-", path.name)]
    assert not leftovers
