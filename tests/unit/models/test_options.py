"""From the config's mapping to a dataclass of options: every type that a field may have."""

from dataclasses import dataclass

import pytest

from cisfuse.base.errors import ConfigError
from cisfuse.models.options import check_range, read_options


@dataclass(frozen=True)
class Options:
    count: int = 1
    rate: float = 0.5
    gated: bool = False
    kind: str = "plain"
    rates: tuple[float, ...] = (0.1,)

    def __post_init__(self) -> None:
        check_range(self, ("rates",), 0)


def test_every_type_is_read_and_the_rest_are_defaults():
    given = {"count": 3, "rate": 1, "gated": True, "kind": "other", "rates": [1, 0.5]}
    found = read_options(Options, given)
    assert found == Options(3, 1.0, True, "other", (1.0, 0.5))
    assert isinstance(found.rate, float)
    assert read_options(Options, {}) == Options()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"gated": 1}, "options.gated: 1 is not a truth value; write true or false"),
        ({"kind": 3}, "options.kind: 3 is not text; put it in quotation marks"),
        ({"rate": "1e-3"}, "options.rate: '1e-3' is not a finite number"),
        ({"rate": 10**400}, "options.rate: 1000000000"),
        ({"count": 10**5000, "rates": [-(10**5000)]}, "options.rates: a huge number is not a fin"),
        ({"rates": [-1]}, "options.rates: -1.0 is out of range; give 0 or more"),
        ({5: 1}, "options: unknown key '5'; known are count, rate, gated, kind, rates"),
    ],
)
def test_what_cannot_be_read_is_named(given, message):
    with pytest.raises(ConfigError) as caught:
        read_options(Options, given)
    assert str(caught.value).startswith(message)
