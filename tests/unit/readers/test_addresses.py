"""What a config may have fetched from where, and to which path, is told before anything is."""

import pytest

from cisfuse.base.errors import ConfigError
from cisfuse.readers.addresses import is_address, with_downloads

MD5, SHA256 = "md5:" + "a" * 32, "sha256:" + "b" * 64
URL = "https://example.org/data/peaks.bed.gz?download=1"
PATH = "resources/mine/peaks.bed.gz"


def settle(downloads: dict | None = None, **references) -> dict:
    filled = {
        "genome": "genome.fa",
        "genome_checksum": None,
        "blacklist": None,
        "simulation": None,
        "sequence_simulation": None,
        "downloads": downloads or {},
        **references,
    }
    return with_downloads(filled, "mine", "config.yaml")


def test_a_config_without_addresses_stays_as_it_is():
    references = settle(genome_checksum=MD5)
    assert references["downloads"] == {}
    assert (references["genome"], references["genome_checksum"]) == ("genome.fa", MD5)


@pytest.mark.parametrize("url", ["https://example.org/x/genome.fa.gz", "HTTP://127.0.0.1:8000/g"])
def test_a_genome_that_is_an_address_is_a_download(url):
    references = settle(genome=url, genome_checksum=SHA256)
    path = f"resources/mine/download/{url.rsplit('/', 1)[1]}"
    assert references["genome"] == path
    assert references["downloads"] == {path: {"url": url, "checksum": SHA256}}


def test_the_query_of_an_address_is_no_part_of_its_file_name():
    references = settle(genome=URL, genome_checksum=MD5)
    assert references["genome"] == "resources/mine/download/peaks.bed.gz"


def test_a_listed_genome_has_the_checksum_of_its_download():
    downloads = {"resources/mine/g.fa": {"url": URL, "checksum": MD5}}
    references = settle(downloads, genome="resources/mine/g.fa")
    assert references["genome_checksum"] == MD5
    assert settle(downloads, genome="other.fa")["genome_checksum"] is None


@pytest.mark.parametrize(
    "path",
    [PATH, "resources/mine/a/b/c.bw", "resources/mine/_x+y-z.1", "resources/mine/genomes/g.fa"],
)
def test_paths_below_the_studys_folder_are_fine(path):
    assert path in settle({path: {"url": URL, "checksum": MD5}})["downloads"]


@pytest.mark.parametrize(
    "path",
    [
        "/etc/peaks.bed",
        "peaks.bed",
        "resources/other/peaks.bed",
        "resources/mine",
        "resources/mine/",
        "resources/mine/../other/peaks.bed",
        "resources/mine/./peaks.bed",
        "resources/mine//peaks.bed",
        "resources/mine/.peaks.bed.part",
        "resources/mine/{sample}.bed",
        "resources/mine/my peaks.bed",
        "resources/mine/peaks.bed\n",
        "resources/minx/peaks.bed",
        "../resources/mine/peaks.bed",
        "results/mine/peaks.bed",
    ],
)
def test_other_paths_are_refused(path):
    with pytest.raises(ConfigError, match=r"^config\.yaml: references\.downloads: ") as caught:
        settle({path: {"url": URL, "checksum": MD5}})
    assert "is not below resources/mine/; write" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_download_does_not_lie_where_a_rule_writes():
    with pytest.raises(ConfigError, match="lies where the unpacked genome goes"):
        settle({"resources/mine/genome/genome.fa": {"url": URL, "checksum": MD5}})
    simulation = {"seed": 1}
    with pytest.raises(ConfigError, match="the simulation makes the study's files"):
        settle({PATH: {"url": URL, "checksum": MD5}}, simulation=simulation)


def test_a_file_is_no_folder_of_another():
    entry = {"url": URL, "checksum": MD5}
    with pytest.raises(ConfigError, match="resources/mine/a is a folder of another file"):
        settle({"resources/mine/a": entry, "resources/mine/a/b": entry})
    settle({"resources/mine/a": entry, "resources/mine/ab": entry})


REFUSED = ["ftp://x/y", "file:///etc/passwd", "s3://bucket/key", "data:,ACGT", "gs://b/k"]


@pytest.mark.parametrize("url", REFUSED)
def test_other_schemes_are_refused(url):
    assert is_address(url)
    message = f"only http and https addresses are fetched, not {url}; download it"
    with pytest.raises(ConfigError, match=f"downloads: {PATH}: {message}"):
        settle({PATH: {"url": url, "checksum": MD5}})
    with pytest.raises(ConfigError, match=f"references.genome: {message}"):
        settle(genome=url, genome_checksum=MD5)


@pytest.mark.parametrize(
    "url", ["https://", "https:///x", "http://exa mple.org/x", "http://[x/y", "peaks.bed"]
)
def test_what_is_no_address_is_refused(url):
    with pytest.raises(ConfigError, match=f"downloads: {PATH}: .*(no whole address|only http)"):
        settle({PATH: {"url": url, "checksum": MD5}})


def test_a_genome_from_the_web_needs_a_checksum_and_a_name():
    with pytest.raises(ConfigError, match="genome_checksum must say what the file holds"):
        settle(genome=URL)
    for url in ("https://example.org/", "https://example.org/a%20b", "https://example.org/..."):
        with pytest.raises(ConfigError, match="ends in no plain file name"):
            settle(genome=url, genome_checksum=MD5)


@pytest.mark.parametrize(
    "path", ["genome.fa", "/data/genome.fa", "C:/genome.fa", "data/a:b.fa", ""]
)
def test_paths_are_no_addresses(path):
    assert not is_address(path)
