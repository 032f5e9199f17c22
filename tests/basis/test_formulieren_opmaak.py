"""How forms look and speak: the crispy template pack."""

import re
from html.parser import HTMLParser

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template

from basis.formulieren import ActionForm


class Voorbeeld(ActionForm):
    naam = forms.CharField(label="Naam", required=False)
    email = forms.EmailField(
        label="E-mailadres",
        help_text="Dan krijgt u bericht.",
        error_messages={"required": "Vul uw e-mailadres in."},
    )
    omschrijving = forms.CharField(label="Omschrijving", max_length=200, widget=forms.Textarea, required=False)
    categorie = forms.ChoiceField(
        label="Waar gaat het over?",
        choices=[("", "Kies"), ("Straat", [("licht", "Straatverlichting")]), ("Groen", [("boom", "Boom")])],
        error_messages={"required": "Kies waar het over gaat."},
    )
    bericht = forms.ChoiceField(
        label="Hoe wilt u bericht?",
        help_text="U kunt dit later wijzigen.",
        widget=forms.RadioSelect,
        choices=[("mail", "Met een e-mail"), ("niet", "Geen bericht")],
        error_messages={"required": "Kies hoe u bericht wilt."},
    )
    themas = forms.MultipleChoiceField(
        label="Thema’s",
        widget=forms.CheckboxSelectMultiple,
        choices=[("schoon", "Schoon"), ("heel", "Heel")],
        required=False,
    )
    akkoord = forms.BooleanField(label="Ik ga akkoord", error_messages={"required": "Zet een vinkje."})
    nieuws = forms.BooleanField(label="Stuur mij nieuws", required=False)
    foto = forms.FileField(label="Foto", required=False, help_text="Tot 3 foto’s, elk hoogstens 10 MB.")
    versie = forms.IntegerField(widget=forms.HiddenInput, error_messages={"required": "Begin opnieuw."})


class Elements(HTMLParser):
    """Every element of a page as (tag, attributes)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def by_id(self, id_: str) -> dict[str, str | None]:
        (element,) = [attrs for _tag, attrs in self.found if attrs.get("id") == id_]
        return element

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.found if name == tag]


def render(form: forms.Form) -> str:
    return Template("{% load crispy_forms_tags %}{% crispy form %}").render(Context({"form": form}))


def summary_of(html: str) -> str:
    found = re.search(r'<div class="error-summary".*?</div>', html, re.DOTALL)
    return found[0] if found else ""


def test_untouched_form_shows_no_errors() -> None:
    html = render(Voorbeeld())
    assert "error" not in html
    assert "aria-invalid" not in html


def test_form_element_token_and_buttons_are_left_to_the_page() -> None:
    html = render(Voorbeeld({}))
    assert not re.search(r"<form|csrfmiddlewaretoken|<button|type=\"submit\"", html)


def test_every_id_is_there_once_and_every_reference_lands() -> None:
    elements = Elements(render(Voorbeeld({})))
    ids = [attrs["id"] for _tag, attrs in elements.found if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _tag, attrs in elements.found:
        assert set((attrs.get("aria-describedby") or "").split()) <= set(ids)
    for label in elements.all("label"):
        assert label["for"] in ids
    for link in elements.all("a"):
        assert (link["href"] or "").removeprefix("#") in ids


def test_summary_leads_to_each_field_in_order() -> None:
    summary = summary_of(render(Voorbeeld({})))
    assert re.findall(r'<a href="#([^"]+)">([^<]+)</a>', summary) == [
        ("id_email", "Vul uw e-mailadres in."),
        ("id_categorie", "Kies waar het over gaat."),
        ("id_bericht_0", "Kies hoe u bericht wilt."),
        ("id_akkoord", "Zet een vinkje."),
    ]
    assert '<h2 tabindex="-1">' in summary
    assert "deze punten" in summary


def test_summary_stands_before_the_fields_and_counts_one() -> None:
    form = Voorbeeld({"email": "a@voorbeeld.example", "categorie": "licht", "bericht": "mail", "versie": "1"})
    html = render(form)
    assert "dit punt" in summary_of(html)
    assert html.index("error-summary") < html.index('class="field')


def test_summary_counts_points_and_not_fields() -> None:
    form = Voorbeeld(
        {"email": "a@voorbeeld.example", "categorie": "licht", "bericht": "mail", "akkoord": "on", "versie": "1"}
    )
    form.add_error("email", "Dit adres kennen we niet.")
    assert "dit punt" in summary_of(render(form))
    form.add_error("email", "Kies een ander adres.")
    assert "deze punten" in summary_of(render(form))


def test_errors_of_the_whole_form_and_of_hidden_fields_are_told_without_a_link() -> None:
    form = Voorbeeld({})
    form.add_error(None, "Iemand anders <was> u voor.")
    summary = summary_of(render(form))
    assert "<li>Iemand anders &lt;was&gt; u voor.</li>" in summary
    assert "<li>Begin opnieuw.</li>" in summary


def test_message_also_stands_at_the_field_and_is_tied_to_it() -> None:
    html = render(Voorbeeld({}))
    field = Elements(html).by_id("id_email")
    assert field["aria-describedby"] == "id_email_helptext id_email_error"
    assert field["aria-invalid"] == "true"
    assert '<p class="hint" id="id_email_helptext">Dan krijgt u bericht.</p>' in html
    assert '<p class="field-error" id="id_email_error">Vul uw e-mailadres in.</p>' in html


def test_group_is_a_fieldset_that_carries_hint_and_error() -> None:
    html = render(Voorbeeld({}))
    found = re.search(r'<fieldset class="field field--error" ([^>]+)>\s*<legend>([^<]+?)\s*</legend>', html)
    assert found
    assert found[1] == 'aria-describedby="id_bericht_helptext id_bericht_error"'
    assert found[2] == "Hoe wilt u bericht?"
    assert '<label for="id_bericht_1">Geen bericht</label>' in html
    assert '<label for="id_themas_0">Schoon</label>' in html


def test_optional_is_said_where_it_helps() -> None:
    html = render(Voorbeeld())
    optional = re.findall(r">([^<>]+?)\s+<span class=\"optional\">\(mag, hoeft niet\)</span>", html)
    assert optional == ["Naam", "Omschrijving", "Thema’s", "Foto"]


def test_what_was_filled_in_stays() -> None:
    data = {"naam": 'Jan "de" Boer', "categorie": "boom", "bericht": "niet", "themas": ["heel"], "nieuws": "on"}
    elements = Elements(render(Voorbeeld(data)))
    assert elements.by_id("id_naam")["value"] == 'Jan "de" Boer'
    assert [option["value"] for option in elements.all("option") if "selected" in option] == ["boom"]
    assert "checked" in elements.by_id("id_bericht_1")
    assert "checked" in elements.by_id("id_themas_1")
    assert "checked" in elements.by_id("id_nieuws")
    assert "checked" not in elements.by_id("id_akkoord")


def test_groups_of_a_select_are_kept() -> None:
    assert [group["label"] for group in Elements(render(Voorbeeld())).all("optgroup")] == ["Straat", "Groen"]


def test_limits_of_a_file_are_seen_and_tied() -> None:
    html = render(Voorbeeld({}, {"foto": SimpleUploadedFile("leeg.jpg", b"")}))
    field = Elements(html).by_id("id_foto")
    assert field["type"] == "file"
    assert field["aria-describedby"] == "id_foto_helptext id_foto_error"
    assert '<p class="hint" id="id_foto_helptext">Tot 3 foto’s, elk hoogstens 10 MB.</p>' in html


def test_counter_only_below_a_limited_text_area() -> None:
    counters = [attrs for attrs in Elements(render(Voorbeeld())).all("p") if "data-teller" in attrs]
    assert [counter["data-teller"] for counter in counters] == ["id_omschrijving"]
    assert "hidden" in counters[0]
    assert counters[0]["aria-live"] == "polite"


def test_layout_with_a_named_group() -> None:
    form = Voorbeeld({})
    form.helper.layout = Layout(Fieldset("Hoe bereiken we u?", "naam", "email"), "akkoord")
    form.helper.render_unmentioned_fields = False
    html = render(form)
    assert re.search(r'<fieldset class="field-group">\s*<legend>Hoe bereiken we u\?</legend>', html)
    assert html.count('id="id_email"') == 1
    assert "id_bericht" not in html.replace(summary_of(html), "")
    assert "id_email_error" in html


def test_fields_one_by_one() -> None:
    template = Template("{% load crispy_forms_tags %}{{ form|as_crispy_errors }}{{ form.email|as_crispy_field }}")
    html = template.render(Context({"form": Voorbeeld({})}))
    assert 'href="#id_email"' in summary_of(html)
    assert html.count('id="id_email_error"') == 1


def test_what_is_too_long_or_odd_is_told_in_plain_words():
    form = Voorbeeld({"omschrijving": "x" * 201, "naam": "a\0b"})
    assert form.errors["omschrijving"] == ["Dit is te lang. Schrijf hoogstens 200 tekens; dit zijn er 201."]
    assert form.errors["naam"] == ["Hierin staat een teken dat niet kan. Typ de tekst opnieuw."]
