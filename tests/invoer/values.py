"""What people, programs and attackers put into fields."""

from hypothesis import strategies as st

from tests.invoer.forms import Form, Pairs, Upload, Value
from tests.invoer.world import FOREIGN

HOSTILE: list[Value] = [
    # Nothing, nothing to be seen, and what cannot be kept
    *("", " ", "\u200b", "\u00a0", "\0", "a\0b", "\ud800", b"\xff\xfe", b"\xed\xa0\x80", "\r\n", "\x1b[31m", "\ufeff"),
    # Numbers that are none, too large, or written otherwise
    *("nan", "NaN", "inf", "-inf", "1e999", "-1", "0", "00", "1.5", "52,6", "1_0", "٣", "²", "0x10", "١٢٣٤٥٦٧٨"),
    *("9" * 30, "-" + "9" * 30, "9" * 5000, "2147483648", "9223372036854775808"),
    # Places elsewhere
    *("90.1", "-180.5", "48.85", "2.35"),
    # Dates and times that don't exist, or not in every database
    *("2026-02-30", "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "2026-11-21T25:00", "32-13-2026"),
    # Things of another kind
    *("zomaar", "['a']", '{"a": 1}', "null", "true", "on", "00000000-0000-4000-8000-00000000000g"),
    *(
        "../../etc/passwd",
        "%00",
        "%s%s%s",
        "{{ 7*7 }}",
        "{% debug %}",
        "<script>alert(1)</script>",
        "'\"><svg onload=x>",
    ),
    # What means something to a database or to a mail server
    *("' OR 1=1 --", "\\", "%", "_", "%%%", ".*(a+)+$", "naam@voorbeeld.example\r\nBcc: x@voorbeeld.example"),
    *("a@" + "b" * 250 + ".nl", "é@voorbeeld.example", "naam@voorbeeld", "javascript:alert(1)", "//elders.example/"),
    # Writing from right to left, signs above signs, signs of more than one
    *("\u202enoitcejni", "Z\u0351\u036b\u0343" * 50, "👩‍👩‍👧‍👦" * 100),
    # Long
    *("x" * 300, "woord " * 2000, "é" * 100_000, "regel\n" * 5000),
    # What there is, but not for this field or this person
    *FOREIGN,
]

FILES = [
    Upload(b""),
    Upload(b"geen foto", b"a.txt"),
    Upload(b"\xff\xd8\xff", b"x" * 300 + b".jpg"),
    Upload(b"<svg onload=alert(1)>", b"../../a\\b.svg", b"Content-Type: image/svg+xml"),
    Upload(b"\0" * 100, b"", b"Content-Type:"),
    Upload(b"\0" * 100, b"a\0.jpg\xff", b"Content-Type: image/jpeg; charset=hex\r\nContent-Length: -1"),
    Upload(b"!", b"a.jpg", b"Content-Transfer-Encoding: base64"),
]

values = st.sampled_from(HOSTILE) | st.text(max_size=40) | st.binary(max_size=20)


@st.composite
def changed(draw: st.DrawFn, form: Form, pairs: Pairs, more: list[str]) -> Pairs:
    """`pairs`, of which one field, or some, were tampered with; `more` are fields that the page doesn't show."""
    names = [*form.names, *more, *(name for name, _value in form.buttons)]
    if not names:
        return [(draw(st.sampled_from(["x", "next"])), draw(values))]
    number = draw(st.sampled_from([1, 1, 1, 2, len(names)]))
    result = list(pairs)
    for name in draw(st.lists(st.sampled_from(names), min_size=min(number, len(names)), max_size=number, unique=True)):
        result = [pair for pair in result if pair[0] != name]
        kind = draw(st.sampled_from(["other", "other", "other", "gone", "twice", "file"]))
        if kind == "file" or name in form.files:
            result.append((name, draw(st.sampled_from(FILES))))
        elif kind == "other":
            offered = form.choices.get(name)
            result.append((name, draw(st.sampled_from(offered) | values if offered else values)))
        elif kind == "twice":
            result += [(name, draw(values)), (name, draw(values))]
    return result
