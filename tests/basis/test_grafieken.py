"""Charts: the sums behind the drawing, and the drawing itself."""

import re

import pytest
from django.template.loader import render_to_string

from basis.grafieken import Staafdiagram, staafdiagram


def chart(*rows: tuple[str, int]) -> Staafdiagram:
    return staafdiagram(rows, title="Meldingen per wijk", label_head="Wijk", value_head="Meldingen")


def test_greatest_fills_the_width_and_others_follow() -> None:
    assert [staaf.width for staaf in chart(("Zuid", 25), ("West", 100), ("Centrum", 0)).staven] == [25, 100, 0]


def test_little_stays_visible() -> None:
    assert chart(("Zuid", 1), ("West", 100_000)).staven[0].width == 1


def test_rows_keep_their_order_and_do_not_overlap() -> None:
    diagram = chart(("Zuid", 1), ("West", 2), ("Centrum", 3))
    assert [staaf.label for staaf in diagram.staven] == ["Zuid", "West", "Centrum"]
    for above, below in zip(diagram.staven, diagram.staven[1:], strict=False):
        assert above.text_y < above.bar_y and above.bar_y + diagram.bar_height < below.text_y
    assert diagram.staven[-1].bar_y + diagram.bar_height <= diagram.height


def test_nothing_to_draw() -> None:
    assert chart().staven == []
    assert [staaf.width for staaf in chart(("Zuid", 0)).staven] == [0]


def test_negative_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        chart(("Zuid", -1))


def test_of_a_whole_each_has_its_part() -> None:
    shares = {"title": "Op tijd", "label_head": "Wijk", "value_head": "Procent", "full": 100}
    assert [staaf.width for staaf in staafdiagram([("Zuid", 93), ("West", 50)], **shares).staven] == [93, 50]
    with pytest.raises(ValueError, match="whole"):
        staafdiagram([("Zuid", 101)], **shares)


def test_summary_names_the_most() -> None:
    assert "Het meest: West, 1.200." in chart(("Zuid", 25), ("West", 1200)).summary
    assert "Het meest" not in chart(("Zuid", 0)).summary


def test_page_shows_drawing_and_table() -> None:
    # 30 rows: below the 25th the places pass 1000, which must not be written as "1.000".
    rows = [(f"Buurt {number}", 1000 + number) for number in range(30)]
    html = render_to_string("_onderdelen/staafdiagram.html", {"diagram": chart(*rows)})
    assert re.search(r'<svg height="1200" role="img" aria-label="Staafdiagram: Meldingen per wijk\.', html)
    assert not re.search(r'(?:y|x|width|height)="\d+\.\d+', html)
    assert html.count('class="chart-bar"') == 30
    assert '<th scope="row">Buurt 29</th><td class="number">1.029</td>' in html
