"""Devices: how many threads a job uses, and which GPUs."""

import logging
import os
from dataclasses import dataclass

import tensorflow as tf

logger = logging.getLogger("cisfuse")


@dataclass(frozen=True)
class Devices:
    """Where a job computes.

    names: the GPUs' product names, or ``("CPU",)``; numbers depend on them. strategy: how
    variables and batches are laid out on them.
    """

    names: tuple[str, ...]
    strategy: tf.distribute.Strategy


def limit_threads(threads: int) -> None:
    """Bound TensorFlow to ``threads`` and make it deterministic; call before any operation.

    BLAS and OpenMP are bounded by the environment that Snakemake gives each job.
    """
    if hasattr(os, "sched_getaffinity") and (allowed := len(os.sched_getaffinity(0))) < threads:
        logger.warning("%d threads share the %d cores that this job may use", threads, allowed)
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()


def choose_devices(threads: int, gpus: int = 1) -> Devices:
    """Use up to ``gpus`` GPUs, or the CPU with ``threads`` threads where there is none.

    One device needs no strategy. On several each step's batch is shared out, and gradients
    are added up; so the batch size stays what the config says.
    """
    limit_threads(threads)
    found = tf.config.list_physical_devices("GPU")
    used = found[: max(gpus, 1)]
    if gpus > max(len(found), 1):
        logger.warning("asked for %d GPUs, found %d: the numbers are others", gpus, len(found))
    tf.config.set_visible_devices(used, "GPU")
    for gpu in used:
        # Several trainings may share a GPU, so none takes all of its memory.
        tf.config.experimental.set_memory_growth(gpu, True)
    details = [tf.config.experimental.get_device_details(gpu) for gpu in used]
    names = tuple(detail.get("device_name", "GPU") for detail in details) or ("CPU",)
    return Devices(names, mirrored(len(used), "GPU"))


def mirrored(count: int, kind: str) -> tf.distribute.Strategy:
    """Mirror variables on the first ``count`` logical devices of a kind, if more than one."""
    if count < 2:
        return tf.distribute.get_strategy()
    return tf.distribute.MirroredStrategy([f"{kind}:{number}" for number in range(count)])
