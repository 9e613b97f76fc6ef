"""Pages hold their pictures, escape what users wrote, and miss nothing in silence."""

import base64
import re
from pathlib import Path
from types import SimpleNamespace

import jinja2
import pytest

from cisfuse.report.pages import picture, render

CAPTIONS = Path(__file__).resolve().parents[3] / "workflow/report"


def test_a_picture_travels_in_the_page(tmp_path):
    path = tmp_path / "figure.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\nnot a picture")
    found = picture(path, "what it shows", "a caption")
    head, data = found.source.split(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(data) == path.read_bytes()
    assert (found.alternative, found.caption) == ("what it shows", "a caption")


def test_text_is_escaped_and_a_missing_word_is_an_error(tmp_path):
    path = tmp_path / "page.html.j2"
    path.write_text("<p>{{ cell }}</p>")
    assert render(path, cell="<K562> & more") == "<p>&lt;K562&gt; &amp; more</p>\n"
    with pytest.raises(jinja2.UndefinedError, match="cell"):
        render(path, other="")


@pytest.mark.parametrize(("genome", "spoken_of"), [(None, False), ("genome.fa", True)])
def test_captions_of_labelled_sequences_speak_of_no_genome(genome, spoken_of):
    # Of pictures that such a study has not.
    others = {"accessibility", "audit", "closed_motifs", "dropped", "requested", "workflow"}
    words = SimpleNamespace(sample="selex", model="tfbs_cnn")
    snakemake = SimpleNamespace(wildcards=words, config={"references": {"genome": genome}})
    found = set()
    for path in CAPTIONS.glob("*.rst"):
        if path.stem not in others:
            text = jinja2.Template(path.read_text()).render(snakemake=snakemake)
            found |= set(re.findall("accessibility|chromatin|peak|block|fusion|genome", text))
    assert bool(found) == spoken_of, found
