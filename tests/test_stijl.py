"""The style sheets: one file holds every colour, and every pair of text and ground in use can be read."""

import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = Path(settings.BASE_DIR) / "static" / "css"
SHEETS = ["basis.css", "onderdelen.css", "kaart.css", "melding.css", "beheer.css", "voorbeeld.css"]
THEMES = [CSS / "tokens.css", Path(__file__).parent / "thema" / "tokens.css"]
TEXT, OUTLINE = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11

GEBIEDEN = ["noord", "oost", "zuid", "west", "centrum"]
# What stands on a ground that an element around it gives; pairs in one rule are found by themselves.
INHERITED: list[tuple[str, str, float]] = [
    *(
        (text, ground, TEXT)
        for text in ["inkt", "inkt-zacht", "gracht", "gracht-diep", "fout"]
        for ground in ["papier", "vlak"]
    ),
    ("rood", "vlak", TEXT),
    ("rood-diep", "vlak", TEXT),
    ("inkt-zacht", "vlak-zacht", TEXT),
    *(
        (text, ground, TEXT)
        for text in ["inkt", "gracht-diep"]
        for ground in ["gracht-licht", "goed-licht", "kaas-licht", "fout-licht"]
    ),
    ("fout", "fout-licht", TEXT),
    ("inkt", "kaart-grond", TEXT),
    ("gracht", "kaart-grond", TEXT),
    *(("vlak", gebied, TEXT) for gebied in GEBIEDEN),
    *((gebied, ground, OUTLINE) for gebied in GEBIEDEN for ground in ["papier", "vlak", "kaart-grond"]),
    *((line, ground, OUTLINE) for line in ["rand", "gracht", "fout", "goed", "inkt"] for ground in ["papier", "vlak"]),
    *((marker, "kaart-grond", OUTLINE) for marker in ["rood", "gracht"]),
    ("kaas", "inkt", OUTLINE),
]


def sheet(name: str) -> str:
    return re.sub(r"/\*.*?\*/", "", (CSS / name).read_text(), flags=re.DOTALL)


def tokens(source: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", source))


def luminance(colour: str) -> float:
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast of two colours "#rrggbb" (WCAG 2.2, definition of contrast ratio)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def pairs_in_rules() -> list[tuple[str, str, float]]:
    """Text and ground that one rule sets together; of `var(--accent, var(--x))` it takes x."""
    value = r"(?:var\(--[\w-]+,\s*)?var\(--([\w-]+)\)"
    found = set()
    for name in SHEETS:
        for body in re.findall(r"\{([^{}]*)\}", sheet(name)):
            text = re.search(rf"(?<![\w-])color:\s*{value}", body)
            ground = re.search(rf"(?<![\w-])background:\s*{value}", body)
            if text and ground:
                found.add((text[1], ground[1], TEXT))
    return sorted(found)


def test_contrast_is_computed_well() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_rules_with_text_and_ground_are_found() -> None:
    assert ("kaas-diep", "kaas-licht", TEXT) in pairs_in_rules()
    assert ("vlak", "gracht", TEXT) in pairs_in_rules()


@pytest.mark.parametrize("theme", THEMES, ids=["alkmaar", "another municipality"])
@pytest.mark.parametrize(("text", "ground", "least"), [*INHERITED, *pairs_in_rules()])
def test_contrast(theme: Path, text: str, ground: str, least: float) -> None:
    colours = tokens(theme.read_text())
    assert contrast(colours[text], colours[ground]) >= least


def test_another_theme_is_this_one_file() -> None:
    ours, other = (tokens(theme.read_text()) for theme in THEMES)
    assert other.keys() == ours.keys()
    assert other != ours


def test_the_docs_name_every_colour() -> None:
    page = (Path(settings.BASE_DIR) / "docs" / "thema.md").read_text()
    colours = {name for name, value in tokens(sheet("tokens.css")).items() if value.startswith("#")}
    assert {name for name in colours if f"`--{name}`" not in page} == set()


@pytest.mark.parametrize("name", SHEETS)
def test_colours_stand_in_the_tokens_alone(name: str) -> None:
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(", sheet(name)) == []


@pytest.mark.parametrize("name", SHEETS)
def test_every_token_in_use_exists(name: str) -> None:
    known = tokens(sheet("tokens.css")) | {"accent": "", "marker": ""}
    assert {token for token in re.findall(r"var\(--([\w-]+)", sheet(name)) if token not in known} == set()


def test_every_token_is_in_use() -> None:
    everything = "".join(map(sheet, ["tokens.css", *SHEETS]))
    assert {token for token in tokens(sheet("tokens.css")) if f"var(--{token})" not in everything} == set()
