"""The state from which an interrupted training goes on, in a folder that no rule declares.

For every complete round the folder keeps the model, and for the latest two all variables
of model and optimizer, the seed generators of dropout among them. A file comes into being
by a rename, the row of the round's table last; so a round is complete or was not.
"""

import hashlib
import json
import logging
import os
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd

from cisfuse.files import read_json, read_table, write_json, write_table

logger = logging.getLogger("cisfuse")

KEPT_STATES = 2


def fingerprint_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of a JSON-like mapping, independent of the order of its keys."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


class TrainingState:
    """Complete rounds of one training.

    ``identity`` says all that the numbers depend on but the count of rounds. A folder with
    another identity is moved aside, to ``NAME.old-1`` and so on, and never deleted.
    """

    def __init__(self, folder: str | Path, identity: Mapping[str, Any]):
        self.folder = Path(folder)
        identity = json.loads(json.dumps(identity))
        identity["fingerprint"] = fingerprint_of(identity)
        recorded = self.folder / "identity.json"
        if self.folder.exists() and not self._matches(recorded, identity):
            aside = self._free_name()
            self.folder.rename(aside)
            logger.warning("training starts afresh; the state of other settings is in %s", aside)
        self.folder.mkdir(parents=True, exist_ok=True)
        if not recorded.exists():
            self._put(recorded, lambda path: write_json(identity, path))

    def model_path(self, number: int) -> Path:
        """Where the model of a round is."""
        return self.folder / f"round-{number:02d}.keras"

    def rounds(self) -> pd.DataFrame:
        """The table of complete rounds; empty before the first."""
        path = self.folder / "rounds.tsv"
        return read_table(path) if path.exists() else pd.DataFrame({"round": []})

    def timing(self) -> pd.DataFrame:
        """Seconds of each complete round: round, train_seconds, evaluate_seconds."""
        return read_table(self.folder / "timing.tsv")

    def save(
        self, row: Mapping, times: Mapping, model: keras.Model, variables: Mapping[str, list]
    ) -> None:
        """Keep a round: its model, the variables, and its rows of the tables, in this order."""
        number = int(row["round"])
        arrays = {
            f"{kind}_{position}": keras.ops.convert_to_numpy(variable)
            for kind, group in variables.items()
            for position, variable in enumerate(group)
        }
        self._put(self.model_path(number), lambda path: model.save(path))
        self._put(self._state_path(number), lambda path: np.savez(path, **arrays))
        for name, content in (("timing", {"round": number, **times}), ("rounds", row)):
            path = self.folder / f"{name}.tsv"
            earlier = read_table(path) if path.exists() else pd.DataFrame()
            earlier = earlier[earlier["round"] < number] if len(earlier) else earlier
            table = pd.concat([earlier, pd.DataFrame([content])], ignore_index=True)
            self._put(path, lambda part, table=table: write_table(table, part))
        for old in range(1, number - KEPT_STATES + 1):
            self._state_path(old).unlink(missing_ok=True)

    def restore(self, variables: Mapping[str, list]) -> int:
        """Load the latest complete round into the variables; returns its number, or 0.

        A damaged state is passed over for the one before it.
        """
        rounds = self.rounds()
        for number in sorted(rounds["round"].astype(int), reverse=True):
            try:
                with np.load(self._state_path(number), allow_pickle=False) as arrays:
                    loaded = {name: arrays[name] for name in arrays.files}
            except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
                logger.warning("passing over the state of round %d: %s", number, error)
                continue
            for kind, group in variables.items():
                for position, variable in enumerate(group):
                    variable.assign(loaded[f"{kind}_{position}"])
            return number
        return 0

    def _state_path(self, number: int) -> Path:
        return self.folder / f"state-{number:02d}.npz"

    def _put(self, path: Path, write: Any) -> None:
        """Write to a name beside the path, force it to the disk, and rename."""
        part = path.with_name(f"part-{path.name}")
        write(part)
        with open(part, "rb") as handle:
            os.fsync(handle.fileno())
        os.replace(part, path)

    def _matches(self, recorded: Path, identity: Mapping) -> bool:
        return recorded.exists() and read_json(recorded) == identity

    def _free_name(self) -> Path:
        number = 1
        while (aside := self.folder.with_name(f"{self.folder.name}.old-{number}")).exists():
            number += 1
        return aside


def copy_round(state: TrainingState, number: int, target: str | Path) -> None:
    """Copy a round's model to where a rule declares it."""
    shutil.copyfile(state.model_path(number), target)
