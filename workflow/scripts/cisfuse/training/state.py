"""The state from which an interrupted training goes on, in a folder that no rule declares.

For every complete round the folder keeps the model, and for the latest two all variables
of model and optimizer, the seed generators of dropout among them. A file comes into being
by a rename, last of all the record of the round, which holds its numbers and the checksums of
its files; so a round is complete or was not, and what was damaged later is seen.
"""

import hashlib
import io
import json
import logging
import os
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd

from cisfuse.base.errors import DamagedFileError
from cisfuse.base.files import read_json, sha256, write_bytes
from cisfuse.base.locks import LOCK, lock_folder

logger = logging.getLogger("cisfuse")

KEPT_STATES = 2
PART = "part-"


def fingerprint_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of a JSON-like mapping, independent of the order of its keys."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


class TrainingState:
    """Complete rounds of one training.

    ``identity`` says all that the numbers depend on but the count of rounds. What a folder with
    another identity holds is moved aside, to ``NAME.old-1`` and so on, and never deleted.

    The folder is locked for as long as the object lives; raises `InUseError` where another
    process trains in it.
    """

    def __init__(self, folder: str | Path, identity: Mapping[str, Any]):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = lock_folder(self.folder)
        for part in self.folder.glob(f"{PART}*"):
            part.unlink()
        identity = json.loads(json.dumps(identity))
        identity["fingerprint"] = fingerprint_of(identity)
        recorded = self.folder / "identity.json"
        if mismatch := self._mismatch(recorded, identity):
            logger.warning(
                "training starts afresh: %s; the earlier state is in %s",
                mismatch,
                self._move_aside(recorded),
            )
        if not recorded.exists():
            self._put_json(recorded, identity)
        self._records = self._read_records()

    def model_path(self, number: int) -> Path:
        """Where the model of a round is."""
        return self.folder / f"round-{number:02d}.keras"

    def rounds(self) -> pd.DataFrame:
        """The table of complete rounds; empty before the first."""
        return pd.DataFrame([record["row"] for record in self._records] or {"round": []})

    def timing(self) -> pd.DataFrame:
        """Seconds of each complete round: round, train_seconds, evaluate_seconds."""
        return pd.DataFrame([record["times"] for record in self._records])

    def model_digest(self, number: int) -> str:
        """SHA-256 that the model of a complete round had when it was written."""
        return self._records[number - 1]["files"][self.model_path(number).name]

    def save(
        self, row: Mapping, times: Mapping, model: keras.Model, variables: Mapping[str, list]
    ) -> None:
        """Keep a round: its model, the variables, and at last its record."""
        number = int(row["round"])
        arrays = {
            f"{kind}_{position}": keras.ops.convert_to_numpy(variable)
            for kind, group in variables.items()
            for position, variable in enumerate(group)
        }
        self._put_archive(self.model_path(number), model.save)
        self._put_archive(self._state_path(number), lambda path: np.savez(path, **arrays))
        files = (self.model_path(number), self._state_path(number))
        record = {
            "row": dict(row),
            "times": {"round": number, **times},
            "files": {path.name: sha256(path) for path in files},
        }
        record["digest"] = fingerprint_of(record)
        self._put_json(self._record_path(number), record)
        self._records.append(record)
        for old in range(1, number - KEPT_STATES + 1):
            self._state_path(old).unlink(missing_ok=True)

    def restore(self, variables: Mapping[str, list]) -> int:
        """Load the latest sound round into the variables; returns its number, or 0.

        A round is sound when its record and its variables are whole, and so are its model and
        the models of all rounds before it. Rounds after it are forgotten, to be made anew.
        """
        number = self._whole_models()
        oldest_kept = number - KEPT_STATES
        while number and (content := self._whole_state(number, warn=number > oldest_kept)) is None:
            number -= 1
        if number:
            with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
                for kind, group in variables.items():
                    for position, variable in enumerate(group):
                        variable.assign(arrays[f"{kind}_{position}"])
        elif any(self.folder.glob("round-*")):
            logger.warning("%s: no state to go on from; training starts afresh", self.folder)
        del self._records[number:]
        for path in self._records_after(number):
            path.unlink()
        return number

    def _read_records(self) -> list[dict]:
        """The records of the rounds from 1 on, up to the first that is damaged or missing."""
        records: list[dict] = []
        for number in count(1):
            path = self._record_path(number)
            record = None
            with suppress(FileNotFoundError, DamagedFileError):
                record = read_json(path)
            if not has_digest(record, "digest") or record["row"]["round"] != number:
                break
            records.append(record)
        if self._records_after(len(records)):
            logger.warning("passing over round %d: %s is damaged or missing", number, path)
        return records

    def _records_after(self, number: int) -> set[Path]:
        """The files of the records of later rounds, sound or not."""
        earlier = {self._record_path(n) for n in range(1, number + 1)}
        return set(self.folder.glob("round-*.json")) - earlier

    def _whole_models(self) -> int:
        """The number of rounds before the first whose model is not what was written."""
        for number in range(1, len(self._records) + 1):
            path = self.model_path(number)
            if not path.is_file() or sha256(path) != self.model_digest(number):
                logger.warning("passing over round %d: %s is damaged or missing", number, path)
                return number - 1
        return len(self._records)

    def _whole_state(self, number: int, warn: bool) -> bytes | None:
        """The archive of a round's variables, or None when it is not what was written."""
        path = self._state_path(number)
        content = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(content).hexdigest() == self._records[number - 1]["files"][path.name]:
            return content
        if warn:
            logger.warning("passing over round %d: %s is damaged or missing", number, path)
        return None

    def _state_path(self, number: int) -> Path:
        return self.folder / f"state-{number:02d}.npz"

    def _record_path(self, number: int) -> Path:
        return self.folder / f"round-{number:02d}.json"

    def _put_archive(self, path: Path, write: Callable[[Path], None]) -> None:
        """Put a zip archive; one that cannot be read back to its end is never put."""

        def write_and_read(part: Path) -> None:
            write(part)
            try:
                with zipfile.ZipFile(part) as archive:
                    damaged = archive.testzip()
            except zipfile.BadZipFile as error:
                damaged = str(error)
            if damaged:
                raise DamagedFileError(
                    f"{path}: cannot be read back after writing ({damaged}); look for "
                    "errors of the disk, and run again: training goes on from the round before"
                )

        self._put(path, write_and_read)

    def _put_json(self, path: Path, content: Mapping[str, Any]) -> None:
        text = json.dumps(content, indent=2) + "\n"
        self._put(path, lambda part: part.write_text(text, encoding="utf-8"))

    def _put(self, path: Path, write: Callable[[Path], Any]) -> None:
        """Write to a name beside the path, force it to the disk, and rename."""
        part = path.with_name(f"{PART}{path.name}")
        try:
            write(part)
            with open(part, "rb") as handle:
                os.fsync(handle.fileno())
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
        with suppress(OSError):  # not every system opens folders
            handle = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def _mismatch(self, recorded: Path, identity: Mapping[str, Any]) -> str | None:
        """Why what is in the folder cannot be gone on from; None if it can, or if it is empty."""
        if all(path.name == LOCK for path in self.folder.iterdir()):
            return None
        try:
            found = read_json(recorded)
        except FileNotFoundError:
            return f"{recorded} is missing"
        except DamagedFileError:
            found = None
        if found == identity:
            return None
        if not has_digest(found, "fingerprint"):
            return f"{recorded} is damaged"
        return "the earlier one had other settings"

    def _move_aside(self, recorded: Path) -> Path:
        """Move all but the lock; the identity first, so that a kill leaves no half a state."""
        names = (self.folder.with_name(f"{self.folder.name}.old-{n}") for n in count(1))
        aside = next(path for path in names if not path.exists())
        aside.mkdir()
        for path in sorted(self.folder.iterdir(), key=lambda path: path != recorded):
            if path.name != LOCK:
                path.rename(aside / path.name)
        return aside


def has_digest(content: Any, name: str) -> bool:
    """Tell whether the entry ``name`` of a JSON mapping is the digest of all others."""
    if not isinstance(content, dict):
        return False
    return content.get(name) == fingerprint_of({k: v for k, v in content.items() if k != name})


def copy_round(state: TrainingState, number: int, target: str | Path) -> None:
    """Copy a round's model to where a rule declares it; raises `DamagedFileError`."""
    path = state.model_path(number)
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != state.model_digest(number):
        raise DamagedFileError(
            f"{path}: damaged since it was written; run again, and training makes it anew"
        )
    write_bytes(content, target)
