"""Service numbers in texts become links, e-mail addresses break where they can be read on."""

import pytest

from basis.templatetags.contact import breakable, phone_links


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Bel meteen 14 072. Bij direct gevaar: bel 112.", ["tel:14072", "tel:112"]),
        ("Gebeurt het nu? Bel 0900-8844.", ["tel:09008844"]),
        ("Ruikt u gas? Bel 0800-9009.", ["tel:08009009"]),
        ("Paal 1122 staat 112a meter verder.", []),
        ("", []),
    ],
)
def test_numbers_are_links(text: str, links: list[str]) -> None:
    html = phone_links(text)
    assert [part.split('"')[1] for part in html.split("<a ")[1:]] == links


def test_the_rest_is_escaped() -> None:
    assert phone_links("<b>112</b>") == '&lt;b&gt;<a href="tel:112">112</a>&lt;/b&gt;'


def test_an_address_breaks_before_its_at_sign() -> None:
    assert breakable("noord@voorbeeld.example") == "noord<wbr>@voorbeeld.example"
    assert breakable('"<b>"@x') == "&quot;&lt;b&gt;&quot;<wbr>@x"
