"""Pages that open in any browser and hold their pictures themselves."""

import base64
from dataclasses import dataclass
from pathlib import Path

import jinja2


@dataclass(frozen=True)
class Figure:
    """A picture of the page: its data address, and what it shows for who cannot see it."""

    source: str
    alternative: str
    caption: str
    half: bool = False  # two such stand side by side


def picture(path: str | Path, alternative: str, caption: str, half: bool = False) -> Figure:
    """A PNG file as a data address, so that the page needs no other file."""
    data = base64.b64encode(Path(path).read_bytes()).decode("ascii")
    return Figure(f"data:image/png;base64,{data}", alternative, caption, half)


def render(template: str | Path, **content: object) -> str:
    """Lay out a page; every text is escaped. Raises if the template wants what is not there."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    text = Path(template).read_text(encoding="utf-8")
    return environment.from_string(text).render(**content) + "\n"
