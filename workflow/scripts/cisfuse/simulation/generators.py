"""Random numbers of a simulation: each part has a generator of its own.

A setting of one part then leaves what the others draw unchanged.
"""

import zlib

import numpy as np


def part_generator(seed: int, part: str) -> np.random.Generator:
    """The generator of one part, such as ``starts`` or ``noise``, of a simulation."""
    return np.random.default_rng([seed, zlib.crc32(part.encode())])
