"""Spans and variants that the config asks to see.

A span is 0-based and half-open, as everywhere; a variant is written as in VCF, where the first
base of a chromosome is 1. This module is read whenever the workflow is, and imports little.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cisfuse.base.errors import ConfigError

SPAN = re.compile(r"(\S+):([0-9][0-9,]{0,20})-([0-9][0-9,]{0,20})")
VARIANT = re.compile(r"(\S+):([0-9][0-9,]{0,20}):([^\s:>]+)>([^\s:>]+)")
LONGEST = 200
BASE = re.compile(r"[ACGT]")
SPANS_KEY, VARIANTS_KEY = "interpretation.spans", "interpretation.variants"


@dataclass(frozen=True)
class Request:
    """What the config asks for: the text there, its key, and what the text says.

    start, end: 0-based, half-open, of a variant its one base; reference and alternative: upper
    case, empty for a span.
    """

    text: str
    key: str
    chrom: str
    start: int
    end: int
    reference: str = ""
    alternative: str = ""

    @property
    def is_variant(self) -> bool:
        return bool(self.alternative)

    def refuse(self, reason: str) -> ConfigError:
        """The error that names the request and its place in the config."""
        return ConfigError(f"config: {self.key}: '{self.text}': {reason}")


def file_name(text: str) -> str:
    """The name of a request's files, without ending: characters that files may lack become -."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", text)


def parse_requests(spans: Sequence[str], variants: Sequence[str]) -> list[Request]:
    """Read the config's spans, then its variants; raises `ConfigError`."""
    found = [parse_span(text) for text in spans] + [parse_variant(text) for text in variants]
    taken: dict[str, Request] = {}
    for request in found:
        if len(request.text) > LONGEST:
            raise request.refuse(
                f"it has more than {LONGEST} letters, too many for a file's name; shorten it"
            )
        other = taken.setdefault(file_name(request.text), request)
        if other is not request:
            raise request.refuse(f"its files would be those of '{other.text}'; remove one of both")
    return found


def parse_span(text: str) -> Request:
    """Read ``chr22:20,208,963-20,209,064``, 0-based and half-open; raises `ConfigError`."""
    match = SPAN.fullmatch(text.strip())
    if not match:
        raise ConfigError(
            f"config: {SPANS_KEY}: '{text}' is not of the form CHROM:START-END; write for "
            "example chr22:20208963-20209064"
        )
    request = Request(text, SPANS_KEY, match[1], _number(match[2]), _number(match[3]))
    if request.start >= request.end:
        raise request.refuse("its end is not after its start; spans are 0-based and half-open")
    return request


def parse_variant(text: str) -> Request:
    """Read ``chr22:20,209,000:A>G``, with the position as in VCF; raises `ConfigError`."""
    match = VARIANT.fullmatch(text.strip())
    if not match:
        raise ConfigError(
            f"config: {VARIANTS_KEY}: '{text}' is not of the form CHROM:POSITION:REF>ALT; write "
            "for example chr22:20209000:A>G"
        )
    place = _number(match[2])
    alleles = match[3].upper(), match[4].upper()
    request = Request(text, VARIANTS_KEY, match[1], place - 1, place, *alleles)
    if place < 1:
        raise request.refuse("the first position of a chromosome is 1, as in VCF")
    for allele in alleles:
        if not BASE.fullmatch(allele):
            raise request.refuse(
                f"'{allele}' is not one of A, C, G and T; only changes of a single base can be "
                "shown"
            )
    if request.reference == request.alternative:
        raise request.refuse("both alleles are the same; give the one that differs")
    return request


def _number(text: str) -> int:
    return int(text.replace(",", ""))
