"""What a check says of a file that it refuses."""

import pytest

from cisfuse.base.errors import InputError


def message_of(function, *arguments, **named):
    """The one line of the `InputError` that a function raises."""
    with pytest.raises(InputError) as caught:
        function(*arguments, **named)
    assert "\n" not in str(caught.value)
    assert "; " in str(caught.value), "no fix"
    return str(caught.value)
