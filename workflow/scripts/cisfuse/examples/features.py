"""Features: what the named arrays of examples are, as the manifest declares them.

The role says what a feature is for. Each example has a name or a place, which no other has. The
kind says how an input is encoded for a network, and what the other strand does to it
(`cisfuse.prediction.encoding`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from math import prod
from typing import Any

import numpy as np

DTYPES = ("string", "uint8", "float16", "float32", "int32", "int64")
ROLES = ("name", "place", "input", "target", "weight")
KINDS = ("bases", "signal", "tokens", "scalar", "")
NAMING = ("name", "place")
# What arrays of a kind look like: their dtypes, and the numbers of axes of one example's value.
FORMS: dict[str, tuple[tuple[str, ...], tuple[int, ...]]] = {
    "bases": (("uint8",), (1,)),
    "signal": (("float16", "float32"), (1, 2)),
    "tokens": (("int32", "int64"), (1,)),
    "scalar": (DTYPES[1:], (0,)),
}
TEXT_BYTES = 32  # what a name takes in memory, roughly


@dataclass(frozen=True)
class Feature:
    """One named array of examples.

    name: of the array, and of the feature in a `tf.train.Example`. dtype: one of `DTYPES`;
    ``string`` is bytes of UTF-8. shape: of the value of one example, ``()`` for a scalar or a
    string; the window is its first axis. unit: what a value says, in words. role: one of `ROLES`.
    kind: one of `KINDS`, empty for anything but an input. turns: whether reading the other strand
    changes it.

    Raises `ValueError` where these do not fit each other.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    unit: str
    role: str
    kind: str = ""
    turns: bool = False

    def __post_init__(self) -> None:
        for key, known in (("dtype", DTYPES), ("role", ROLES), ("kind", KINDS)):
            if getattr(self, key) not in known:
                raise ValueError(
                    f"feature '{self.name}': {key} is {getattr(self, key)!r}, not one of "
                    f"{', '.join(filter(None, known))}"
                )
        if (self.dtype == "string") != (self.role in NAMING) or (
            self.dtype == "string" and self.shape
        ):
            raise ValueError(
                f"feature '{self.name}': a {self.role} of {self.dtype} {self.shape}; names and "
                "places are strings, one for each example, and nothing else is"
            )
        if (self.role == "input") != bool(self.kind):
            raise ValueError(
                f"feature '{self.name}': a {self.role} of kind '{self.kind}'; inputs have a kind, "
                "and nothing else has"
            )
        dtypes, axes = FORMS.get(self.kind, ((self.dtype,), (len(self.shape),)))
        if self.dtype not in dtypes or len(self.shape) not in axes:
            raise ValueError(
                f"feature '{self.name}': {self.kind} cannot be {self.dtype} {self.shape}"
            )
        if self.turns and self.kind not in ("bases", "signal"):
            raise ValueError(f"feature '{self.name}': only bases and signals turn with the strand")

    def to_json(self) -> dict[str, Any]:
        """The feature as an entry of the manifest."""
        return {**asdict(self), "shape": list(self.shape)}

    @classmethod
    def from_json(cls, entry: Any) -> "Feature":
        """Read an entry of a manifest; raises `ValueError` that says what is wrong with it."""
        types = {"name": str, "dtype": str, "shape": list, "unit": str, "role": str, "kind": str}
        types["turns"] = bool
        if not isinstance(entry, dict) or set(entry) != set(types):
            raise ValueError(f"a feature has the keys {', '.join(types)}, not {entry!r}")
        for key, of_type in types.items():
            if not isinstance(entry[key], of_type):
                raise ValueError(f"feature {entry['name']!r}: {key} is {entry[key]!r}")
        if not all(type(size) is int and size >= 0 for size in entry["shape"]):
            raise ValueError(f"feature {entry['name']!r}: shape is {entry['shape']!r}")
        return cls(**{**entry, "shape": tuple(entry["shape"])})

    def value_bytes(self) -> int:
        """What one example's value takes in memory; roughly, for a string."""
        if self.dtype == "string":
            return TEXT_BYTES
        return prod(self.shape) * np.dtype(self.dtype).itemsize

    def check_array(self, values: np.ndarray) -> None:
        """Raise `ValueError` for an array, (n, ...), that is not of this feature."""
        dtype = "string" if values.dtype.kind == "S" else str(values.dtype)
        if (dtype, values.shape[1:]) != (self.dtype, self.shape):
            raise ValueError(
                f"feature '{self.name}' is {self.dtype} {self.shape}, not {dtype} "
                f"{values.shape[1:]}"
            )


def check_features(features: Iterable[Feature]) -> None:
    """Raise `ValueError` for features that share a name, or without a name or place, or two."""
    features = list(features)
    names = [feature.name for feature in features]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"two features are called '{name}'")
    roles = [feature.role for feature in features]
    if not set(roles) & set(NAMING) or max(map(roles.count, NAMING)) > 1:
        raise ValueError("examples have one feature that is their name or their place, or both")


def feature_called(features: Iterable[Feature], name: str) -> Feature:
    """A feature by its name; raises `KeyError`."""
    for feature in features:
        if feature.name == name:
            return feature
    raise KeyError(name)


def name_feature(features: Iterable[Feature]) -> Feature:
    """The feature that examples are named by: their name or, without one, their place."""
    named = [feature for feature in features if feature.role in NAMING]
    return min(named, key=lambda feature: NAMING.index(feature.role))


def target_feature(features: Iterable[Feature]) -> Feature:
    """The one feature that is a target; raises `KeyError` where there are none or several."""
    targets = [feature for feature in features if feature.role == "target"]
    if len(targets) != 1:
        raise KeyError(f"{len(targets)} features are targets, not one")
    return targets[0]


def text_column(texts: Iterable[str]) -> np.ndarray:
    """Texts as a column of a string feature: UTF-8, dtype S (n,)."""
    return np.array([text.encode() for text in texts], dtype="S")


def check_columns(features: Iterable[Feature], columns: Mapping[str, np.ndarray]) -> None:
    """Raise `ValueError` for columns that are not those of the features, with as many rows each."""
    features = list(features)
    if sorted(columns) != sorted(feature.name for feature in features):
        raise ValueError(
            f"columns are {', '.join(columns)}; the features are "
            f"{', '.join(feature.name for feature in features)}"
        )
    for feature in features:
        feature.check_array(columns[feature.name])
    if len({len(column) for column in columns.values()}) > 1:
        raise ValueError("columns have different numbers of rows")
