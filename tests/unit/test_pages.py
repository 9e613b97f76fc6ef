"""Pages hold their pictures, escape what users wrote, and miss nothing in silence."""

import base64

import jinja2
import pytest

from cisfuse.pages import picture, render


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
