"""The genome FASTA: unpacked, indexed and read by chromosome."""

import codecs
import os
import re
import string
from pathlib import Path

import numpy as np
import pyfaidx

from cisfuse.base.errors import InputError
from cisfuse.base.files import complete_or_absent, is_gzipped, open_input
from cisfuse.dna.sequences import BASES
from cisfuse.readers.text import check_format

CHUNK_BYTES = 1 << 20
# The empty block that closes every bgzip file (SAM specification, section 4.1.2).
BGZIP_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
NAME_LINE = re.compile(rb"\n>[ \t]*(\S*)[^\n]*")
REWRAP = "write every sequence with lines of one length, for example by: seqkit seq -w 60"
LONGEST_NAME_LINE = 1 << 16
# Of DNA, with the IUPAC codes of ambiguous bases; all but A, C, G and T are read as unknown.
LETTERS = b"ACGTRYSWKMBDHVN"
SEQUENCE = LETTERS + LETTERS.lower() + b"\n"
OTHER_LETTER = re.compile(b"[^" + SEQUENCE + b"]")
# Of any letter to A, C, G, T or N, in upper case; other bytes stay.
ALPHABET = string.ascii_letters.encode()
AS_READ = bytes.maketrans(
    ALPHABET, bytes(base if base in BASES else ord("N") for base in ALPHABET.upper())
)
NOT_UTF8 = "\ufffd".encode()  # stands for what cannot be decoded


def decompress_fasta(source: str | Path, target: str | Path) -> None:
    """Copy a plain, gzip or bgzip FASTA to a plain one, in bounded memory.

    CRLF becomes LF; upper and lower case stay. A description may be in any encoding: what of it
    is no UTF-8 becomes U+FFFD. Raises `InputError` when the file is missing, truncated or no FASTA
    of DNA, or when a sequence has no name, one that is no UTF-8, or the name of another.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    with open_input(source) as handle, complete_or_absent(target) as output:
        _check_bgzip_end(source)
        names: dict[bytes, None] = {}
        pending = b"\n"  # what of the last line a sequence name may still lie in
        first = True
        while chunk := handle.read(CHUNK_BYTES):
            if chunk.endswith(b"\r"):
                chunk += handle.read(1)
            if first:
                chunk = chunk.removeprefix(codecs.BOM_UTF8)
                check_format(source, chunk)
                if not chunk.startswith(b">"):
                    raise InputError(
                        f"{source}: not a FASTA: it does not start with '>'; give a genome FASTA"
                    )
            first = False
            chunk = chunk.replace(b"\r\n", b"\n")
            if not chunk.isascii() or decoder.getstate()[0]:
                chunk = decoder.decode(chunk).encode()
            output.write(chunk)
            text = pending + chunk
            last = max(text.rfind(b"\n"), 0)
            pending = text[last:] if text[last : last + 2] in (b"\n", b"\n>") else b""
            _check_lines(names, text[:last] if pending else text, source)
            if len(pending) > LONGEST_NAME_LINE:
                raise InputError(
                    f"{source}: a line that starts with '>' has no end; write a sequence's name "
                    "and its letters on lines of their own"
                )
        _check_lines(names, pending, source)
        if first:
            raise InputError(f"{source}: the FASTA is empty; fetch or make it again")


def _check_lines(names: dict[bytes, None], text: bytes, source: str | Path) -> None:
    """Check letters, and add the names, of lines that each follow the line end before them.

    Name lines are whole; the text may begin and end within a line of letters.
    """
    for name in NAME_LINE.findall(text):
        if not name:
            raise InputError(f"{source}: a sequence has no name after '>'; give it one")
        if NOT_UTF8 in name:
            raise InputError(
                f"{source}: the name of sequence {_shown(name)} is not UTF-8; convert the file by "
                "iconv -t UTF-8, or rename the sequence"
            )
        if name in names:
            raise InputError(f"{source}: two sequences are named {_shown(name)}; rename one")
        names[name] = None
    bases = NAME_LINE.sub(_blank, text)
    if b"\r" in text or bases.translate(None, delete=SEQUENCE):
        place = re.search(b"\r", text) or OTHER_LETTER.search(bases)
        later = len(NAME_LINE.findall(text[place.start() :]))
        name = list(names)[len(names) - later - 1]
        raise InputError(f"{source}: sequence {_shown(name)}: {_describe_letter(place[0])}")


def _blank(line: re.Match[bytes]) -> bytes:
    return b"\n" * len(line[0])


def _describe_letter(letter: bytes) -> str:
    if letter in b"Uu":
        return "'U' is of RNA; write DNA: sed '/^>/!y/Uu/Tt/' FILE > NEW_FILE"
    if letter == b"\r":
        return "old Macintosh line ends (CR); convert them: tr '\\r' '\\n' < FILE > NEW_FILE"
    return (
        f"{_shown(letter)} is no letter of DNA; give a genome of {LETTERS.decode()}, with N for "
        "unknown bases (a protein or an alignment is not accepted)"
    )


def _shown(name: bytes) -> str:
    return repr(name.decode(errors="replace"))


def _check_bgzip_end(path: str | Path) -> None:
    """Raise for a bgzip file cut between two blocks, which reads as a shorter whole one."""
    if not is_gzipped(path):
        return
    with open(path, "rb") as handle:
        is_bgzip = handle.read(18)[12:16] == BGZIP_END[12:16]
        handle.seek(max(os.path.getsize(path) - len(BGZIP_END), 0))
        if is_bgzip and handle.read() != BGZIP_END:
            raise InputError(f"{path}: the bgzip file is truncated; fetch or compress it again")


def index_fasta(path: str | Path, source: str | Path | None = None) -> dict[str, int]:
    """Write ``path.fai`` for a plain FASTA, and return the length in bp of each sequence.

    Messages name ``source``, the file that the user gave, when it is another one.
    Raises `InputError` when the lines of a sequence differ in length or it has none.
    """
    fai_path = Path(f"{path}.fai")
    fai_path.unlink(missing_ok=True)
    try:
        with complete_or_absent(fai_path) as output:
            os.utime(output.name, (0, 0))  # pyfaidx writes an index that is older than the FASTA
            pyfaidx.Faidx(str(path), indexname=output.name).close()
            sizes = read_sizes(output.name)
    except (pyfaidx.FastaIndexingError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{source or path}: cannot be indexed ({reason}); {REWRAP}") from error
    except OSError as error:
        # pyfaidx hides what the system said, for example that the disk is full.
        raise (error.__context__ if isinstance(error.__context__, OSError) else error) from None
    for name in (name for name, length in sizes.items() if not length):
        fai_path.unlink()
        raise InputError(f"{source or path}: sequence '{name}' is empty; remove it")
    if not _ends_where_expected(path):
        fai_path.unlink()
        raise InputError(
            f"{source or path}: cannot be indexed (the last line of a sequence is longer than its "
            f"others); {REWRAP}"
        )
    return sizes


def _ends_where_expected(path: str | Path) -> bool:
    """Tell whether each sequence ends where its index says: pyfaidx accepts longer last lines."""
    with open(path, "rb") as handle:
        for length, offset, line_bases, line_bytes in _read_fai(f"{path}.fai").values():
            handle.seek(offset + _bytes_of(length, line_bases, line_bytes) - 1)
            last, after = handle.read(1), handle.read(1)
            if last in b"\n>" or after not in b"\n":
                return False
    return True


def _bytes_of(length: int, line_bases: int, line_bytes: int) -> int:
    """Bytes from the first letter of a sequence to its last."""
    return length + (length - 1) // line_bases * (line_bytes - line_bases)


def read_sizes(fai_path: str | Path) -> dict[str, int]:
    """Read the length in bp of each sequence, in their order, from a ``.fai`` index."""
    return {name: entry[0] for name, entry in _read_fai(fai_path).items()}


def _read_fai(fai_path: str | Path) -> dict[str, tuple[int, int, int, int]]:
    """Length, offset, bases per line and bytes per line of each sequence."""
    if not Path(fai_path).is_file():
        raise InputError(f"{fai_path}: no such index; run the rule index_genome, or samtools faidx")
    rows = [line.split("\t") for line in Path(fai_path).read_text(encoding="utf-8").splitlines()]
    try:
        return {name: tuple(int(field) for field in fields[:4]) for name, *fields in rows}
    except ValueError as error:
        raise InputError(f"{fai_path}: not a FASTA index; delete it and run again") from error


def check_requested(chromosomes: list[str], sizes: dict[str, int], genome_path: str | Path) -> None:
    """Raise when the config names a chromosome that the FASTA lacks."""
    for chrom in chromosomes:
        if chrom not in sizes:
            raise InputError(
                f"{genome_path}: the config asks for chromosome '{chrom}', the FASTA has "
                f"{list_names(sizes)}; correct the config, or give the genome that has it"
            )


def read_chromosome(fasta_path: str | Path, chrom: str) -> np.ndarray:
    """Read one chromosome of a plain FASTA that has its ``.fai`` beside it.

    Returns the ASCII codes of A, C, G, T and, for any other letter, N: (length in bp,) uint8.
    Raises `InputError` when the chromosome is missing or the FASTA is not the one that was
    indexed.
    """
    entries = _read_fai(f"{fasta_path}.fai")
    if chrom not in entries:
        raise InputError(
            f"{fasta_path}: no chromosome '{chrom}'; it has {list_names(entries)}; correct the "
            "name in the config, or give the genome that has it"
        )
    length, offset, line_bases, line_bytes = entries[chrom]
    left = _bytes_of(length, line_bases, line_bytes)
    bases = bytearray(length)
    position = 0
    with open(fasta_path, "rb") as handle:
        handle.seek(offset)
        # Piece by piece: the chromosome is in memory once, and the pieces stay in the cache.
        while piece := handle.read(min(CHUNK_BYTES, left)):
            left -= len(piece)
            letters = piece.translate(AS_READ, delete=b"\n")
            if letters and not letters.isalpha():
                break
            bases[position : position + len(letters)] = letters
            position += len(letters)
    if left or position != length:
        raise InputError(
            f"{fasta_path}: '{chrom}' is not {length:,} letters as its index says; delete the "
            "index and run again, and look for spaces or other signs in the sequence"
        )
    return np.frombuffer(bases, np.uint8)


def list_names(names: "dict[str, object] | list[str] | set[str]", limit: int = 5) -> str:
    """Write the first names for a message: ``'chr1', 'chr2' and 20 more``."""
    shown = list(names) if isinstance(names, dict | list) else sorted(names)
    text = ", ".join(f"'{name}'" for name in shown[:limit])
    return text + (f" and {len(shown) - limit} more" if len(shown) > limit else "")
