"""Every part of a simulation has random numbers of its own, the same each time."""

from cisfuse.simulation.generators import part_generator


def test_parts_and_seeds_differ_and_repeat():
    first, *others = (
        part_generator(seed, part).random(4).tolist()
        for seed, part in ((1, "starts"), (1, "noise"), (2, "starts"))
    )
    assert first == part_generator(1, "starts").random(4).tolist()
    assert all(other != first for other in others)
