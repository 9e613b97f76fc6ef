"""What stands in for the object that Snakemake gives to a script."""

from types import SimpleNamespace
from typing import Any


class Named(list):
    """Files or values, most of them with names, as Snakemake's own lists have them."""

    def __init__(self, *values: Any, **named: Any):
        super().__init__(values)
        for value in named.values():
            self.extend(value if isinstance(value, list) else [value])
        self.named = named

    def __getitem__(self, key: Any) -> Any:
        return getattr(self, key) if isinstance(key, str) else super().__getitem__(key)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["named"][name]
        except KeyError:
            raise AttributeError(name) from None

    def items(self):
        return self.named.items()

    def get(self, name: str, default: Any = None) -> Any:
        return self.named.get(name, default)


def stand_in(rule: str, log: str, **changes: Any) -> SimpleNamespace:
    """A job of a rule on one thread; files, params, wildcards and resources as given."""
    empty = {name: Named() for name in ("input", "output", "params", "wildcards")}
    resources = Named(mem_mb=500, runtime=10, tmpdir="/tmp")
    given = {"rule": rule, "log": [log], "threads": 1, "resources": resources}
    return SimpleNamespace(**empty | given | changes)
