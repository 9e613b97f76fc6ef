"""Which files of a study are fetched from the web, told from its config alone.

Nothing here touches the network; `cisfuse.readers.downloads` does.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from cisfuse.base.errors import ConfigError

SCHEMES = ("http", "https")
# Names that mean the same to the shell, to Snakemake's patterns and to every file system. None
# starts with a dot: so no '..' leaves the folder, and partial downloads have names of their own.
FILE_NAME = r"[A-Za-z0-9_+-][A-Za-z0-9_.+-]*"


def is_address(text: str) -> bool:
    """Tell an address, of whatever scheme, from a path."""
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]*://|data:", text) is not None


def with_downloads(references: Mapping, study: str, place: str) -> dict:
    """The config's section ``references`` with every address under ``downloads``.

    A ``genome`` that is an address becomes the path that it is fetched to, and a listed genome's
    checksum ``genome_checksum``. Raises `ConfigError` with the place (the config file) and the
    key for an address or a path that is not allowed.
    """
    references = dict(references)
    genome, folder = references["genome"], f"resources/{study}"
    downloads = dict(references["downloads"])
    if genome and is_address(genome):
        _check_address(genome, f"{place}: references.genome")
        if not references["genome_checksum"]:
            raise ConfigError(
                f"{place}: references.genome is an address, so references.genome_checksum must "
                "say what the file holds; add 'sha256:...' or 'md5:...'"
            )
        name = urlsplit(genome).path.rsplit("/", 1)[-1]
        if not re.fullmatch(FILE_NAME, name):
            raise ConfigError(
                f"{place}: references.genome: the address ends in no plain file name; choose one "
                "under references.downloads"
            )
        references["genome"] = f"{folder}/download/{name}"
        downloads[references["genome"]] = {
            "url": genome,
            "checksum": references["genome_checksum"],
        }
    for path, download in downloads.items():
        _check_path(path, folder, f"{place}: references.downloads")
        _check_address(download["url"], f"{place}: references.downloads: {path}")
        if any(other.startswith(f"{path}/") for other in downloads):
            raise ConfigError(
                f"{place}: references.downloads: {path} is a folder of another file; rename one"
            )
    if downloads and (references["simulation"] or references["sequence_simulation"]):
        raise ConfigError(
            f"{place}: references: the simulation makes the study's files, so none is "
            "downloaded; delete one of the two"
        )
    if references["genome"] in downloads and not references["genome_checksum"]:
        references["genome_checksum"] = downloads[references["genome"]]["checksum"]
    references["downloads"] = downloads
    return references


def _check_address(url: str, place: str) -> None:
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in SCHEMES:
        raise ConfigError(
            f"{place}: only http and https addresses are fetched, not {url}; download it "
            "yourself and give its path"
        )
    if not parts.hostname or not re.fullmatch(r"[!-~]+", url):
        raise ConfigError(f"{place}: {url!r} is no whole address; correct it")


def _check_path(path: str, folder: str, place: str) -> None:
    if not re.fullmatch(rf"{re.escape(folder)}(/{FILE_NAME})+", path):
        raise ConfigError(
            f"{place}: {path!r} is not below {folder}/; write {folder}/NAME, with letters, "
            "digits, '_', '+', '-' and, not first in a name, '.'"
        )
    if path.startswith(f"{folder}/genome/"):
        raise ConfigError(
            f"{place}: {path} lies where the unpacked genome goes; choose another folder"
        )
