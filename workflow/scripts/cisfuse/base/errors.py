"""The errors that a user can act on.

Every message names the file, the place in it, and the fix, in one line.
Anything else that is raised is a defect of cisfuse itself.
"""

import re

# What would break a message's line, or steer the terminal, where it quotes a user's file.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class CisfuseError(Exception):
    """Base of the family; adapters turn it into one line of the log and a non-zero exit."""

    def __str__(self) -> str:
        return UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1], super().__str__())


class ConfigError(CisfuseError):
    """A config file or sample sheet that cannot be used."""


class InputError(CisfuseError):
    """A genome, peak, span or signal file that cannot be used."""


class DamagedFileError(CisfuseError):
    """A file of an earlier stage that is not what that stage wrote."""


class InUseError(CisfuseError):
    """A folder in which another process works."""
