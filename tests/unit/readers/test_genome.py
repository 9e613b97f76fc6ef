"""FASTA files of every kind become the same bases, unpacked and indexed."""

import gzip

import numpy as np
import pyfaidx
import pysam
import pytest

from cisfuse.base.errors import InputError
from cisfuse.readers import genome
from cisfuse.readers.genome import (
    check_requested,
    decompress_fasta,
    index_fasta,
    read_chromosome,
    read_sizes,
)

SEQUENCES = {"chr22": "ACGTNacgtn" * 13 + "GAT", "chrM": "TTTT", "scaffold|1": "acg" * 20}


def fasta_text(width, sequences=SEQUENCES):
    lines = []
    for name, bases in sequences.items():
        lines.append(f">{name} a description")
        lines += [bases[start : start + width] for start in range(0, len(bases), width)]
    return ("\n".join(lines) + "\n").encode()


def write_bgzip(path, content):
    with pysam.BGZFile(str(path), "w") as handle:
        handle.write(content)


def write_as(path, content, kind):
    if kind == "bgzip":
        write_bgzip(path, content)
    else:
        path.write_bytes(gzip.compress(content) if kind == "gzip" else content)


@pytest.mark.parametrize("chunk_bytes", [1, 2, 3, 7, 64, 1 << 20])
@pytest.mark.parametrize("kind", ["plain", "gzip", "bgzip", "crlf"])
def test_decompress(tmp_path, monkeypatch, kind, chunk_bytes):
    monkeypatch.setattr(genome, "CHUNK_BYTES", chunk_bytes)
    source, target = tmp_path / "source", tmp_path / "genome.fa"
    content = fasta_text(10)
    write_as(source, content.replace(b"\n", b"\r\n") if kind == "crlf" else content, kind)
    decompress_fasta(source, target)
    assert target.read_bytes() == content
    assert sorted(tmp_path.iterdir()) == [target, source]


@pytest.mark.parametrize("chunk_bytes", [1, 7, 11, 1 << 20])
@pytest.mark.parametrize("width", [1, 10, 60, 1000])
def test_index_and_read_equal_pyfaidx(tmp_path, monkeypatch, width, chunk_bytes):
    monkeypatch.setattr(genome, "CHUNK_BYTES", chunk_bytes)
    path = tmp_path / "genome.fa"
    path.write_bytes(fasta_text(width).rstrip())
    sizes = index_fasta(path)
    assert sizes == {name: len(bases) for name, bases in SEQUENCES.items()}
    assert list(read_sizes(f"{path}.fai")) == list(SEQUENCES)
    with pyfaidx.Fasta(str(path)) as reference:
        for name in SEQUENCES:
            bases = read_chromosome(path, name)
            assert bases.dtype == np.uint8
            assert bases.flags.writeable
            assert bases.tobytes().decode() == str(reference[name][:]).upper()


BAD_FASTAS = [
    (b"", "the FASTA is empty"),
    (b"@read\nACGT\n+\n!!!!\n", "not a FASTA"),
    (b"ACGT\n", "not a FASTA"),
    (b">a\nAC\n>b\nAC\n>a x\nAC\n", "two sequences are named 'a'"),
    (b">a\nAC\n>\nAC\n", "no name"),
    (b">a\nAC\n>a", "two sequences are named 'a'"),
]


@pytest.mark.parametrize("chunk_bytes", [1, 5, 1 << 20])
@pytest.mark.parametrize(("content", "part"), BAD_FASTAS)
def test_no_fasta(tmp_path, monkeypatch, content, part, chunk_bytes):
    monkeypatch.setattr(genome, "CHUNK_BYTES", chunk_bytes)
    source = tmp_path / "source.fa"
    source.write_bytes(content)
    with pytest.raises(InputError, match=part) as caught:
        decompress_fasta(source, tmp_path / "genome.fa")
    assert str(caught.value).startswith(f"{source}: ")
    assert list(tmp_path.iterdir()) == [source]


@pytest.mark.parametrize("kind", ["gzip", "bgzip"])
@pytest.mark.parametrize("cut", [-1, -8, -28, -60, 30, 2])
def test_truncated(tmp_path, kind, cut):
    whole, source = tmp_path / "whole", tmp_path / "source.fa.gz"
    write_as(whole, fasta_text(60), kind)
    source.write_bytes(whole.read_bytes()[:cut])
    with pytest.raises(InputError, match=r"source\.fa\.gz: the b?gzip file is truncated"):
        decompress_fasta(source, tmp_path / "genome.fa")
    assert sorted(tmp_path.iterdir()) == [source, whole]


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b">a\nACG\nACGT\nAC\n", "line 3.*; write every sequence with lines of one length"),
        (b">a\nACGT\n\nACGT\n", "lines of one length"),
        (b">a\nAC\n>a\nAC\n", "Duplicate"),
        (b">a \xe9\nAC\n", "decode"),
        (b">a\n>b\nAC\n", "sequence 'a' is empty"),
    ],
)
def test_no_index(tmp_path, content, part):
    path = tmp_path / "genome.fa"
    path.write_bytes(content)
    with pytest.raises(InputError, match=part) as caught:
        index_fasta(path, source="mine.fa.gz")
    assert str(caught.value).startswith("mine.fa.gz: ")
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == [path]


def test_bad_chromosome(tmp_path):
    path = tmp_path / "genome.fa"
    with pytest.raises(InputError, match="no such index"):
        read_chromosome(path, "chr22")
    path.write_bytes(b">a\nACGT\nAC\n>b\nAC T\n")
    index_fasta(path)
    with pytest.raises(InputError, match=r"genome.fa: no chromosome 'chr22'; it has 'a', 'b'"):
        read_chromosome(path, "chr22")
    with pytest.raises(InputError, match="'b' is not 4 letters"):
        read_chromosome(path, "b")
    path.write_bytes(b">a\nACGT\n")
    with pytest.raises(InputError, match="'a' is not 6 letters"):
        read_chromosome(path, "a")


def test_chromosomes_asked_for_must_be_in_the_fasta():
    sizes = {"chr22": 1000, "chrM": 200}
    check_requested([], sizes, "genome.fa.gz")
    check_requested(["chr22"], sizes, "genome.fa.gz")
    with pytest.raises(
        InputError, match=r"^genome\.fa\.gz: .* chromosome '22', .* 'chr22', 'chrM'"
    ):
        check_requested(["chr22", "22"], sizes, "genome.fa.gz")


@pytest.mark.parametrize("chunk_bytes", [1, 2, 3, 7, 1 << 20])
@pytest.mark.parametrize("kind", ["plain", "gzip", "bgzip"])
def test_a_description_may_be_in_any_encoding(tmp_path, monkeypatch, kind, chunk_bytes):
    monkeypatch.setattr(genome, "CHUNK_BYTES", chunk_bytes)
    source, target = tmp_path / "source", tmp_path / "genome.fa"
    content = (
        b">chr1 levure de boulang\xe8re\nACGT\n>\xc3\xa9 caf\xc3\xa9\nTT\n>chr2 \xe9\nGG\n>x \xe9"
    )
    write_as(source, content + b"\nA\n", kind)
    decompress_fasta(source, target)
    assert index_fasta(target) == {"chr1": 4, "\u00e9": 2, "chr2": 2, "x": 1}
    assert read_chromosome(target, "chr2").tobytes() == b"GG"
    text = target.read_text(encoding="utf-8")
    assert ">chr1 levure de boulang\ufffdre\n" in text
    assert ">\u00e9 caf\u00e9\n" in text


@pytest.mark.parametrize("chunk_bytes", [1, 5, 1 << 20])
def test_a_name_that_is_no_utf8_is_refused(tmp_path, monkeypatch, chunk_bytes):
    monkeypatch.setattr(genome, "CHUNK_BYTES", chunk_bytes)
    source = tmp_path / "source.fa"
    source.write_bytes(b">chr1 \xe9\nAC\n>chr\xe9\nAC\n")
    with pytest.raises(
        InputError, match=r"source\.fa: the name of sequence 'chr\ufffd' is not UTF-8"
    ):
        decompress_fasta(source, tmp_path / "genome.fa")
    assert list(tmp_path.iterdir()) == [source]


def test_iupac_codes_are_read_as_unknown(tmp_path):
    path = tmp_path / "genome.fa"
    path.write_bytes(b">a\nACGTRYSWKMBDHVN\nacgtryswkmbdhvn\n")
    index_fasta(path)
    assert read_chromosome(path, "a").tobytes() == 2 * (b"ACGT" + 11 * b"N")
