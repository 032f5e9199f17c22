"""The import of borders."""

import copy
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.management import CommandError, call_command
from shapely.geometry import shape

from gebieden.actions import import_gebieden
from gebieden.models import Area, AreaImport, Buurt, Gebied, Teamlid, Wijk
from gebieden.outlines import union
from gebieden.register import BUURTEN_FILE, BadRegister, Register, read_indeling, read_register
from tests.factories import GebruikerFactory, MeldingFactory, TeamlidFactory

# From the facts about Alkmaar: gebied, wijk, code, inhabitants in 2022.
WIJKEN = [
    ("Noord", "De Mare", "WK036106", 15585),
    ("Noord", "Daalmeer/Koedijk", "WK036107", 12815),
    ("Oost", "Oudorp", "WK036102", 13670),
    ("Oost", "Schermer", "WK036109", 5635),
    ("Oost", "Graft-De Rijp", "WK036110", 6675),
    ("Zuid", "Overdie", "WK036103", 8060),
    ("Zuid", "Zuid", "WK036101", 14395),
    ("West", "West", "WK036104", 12645),
    ("West", "Huiswaard", "WK036105", 7585),
    ("West", "Vroonermeer", "WK036111", 4735),
    ("Centrum", "Centrum", "WK036108", 8995),
]
DORPEN = {
    "Driehuizen", "Grootschermer", "Oterleek", "Schermerhorn", "Stompetoren", "Zuidschermer",
    "De Rijp", "Graft", "Markenbinnen", "Noordeinde", "Oost-Graftdijk", "Starnmeer", "West-Graftdijk",
}  # fmt: skip
STOMPETOREN = "0361000000000089"
KOOIMEER = "0361000000000010"

Features = list[dict[str, Any]]
Change = Callable[[Features], None]


@pytest.fixture
def file_with(tmp_path: Path) -> Callable[[Change], Path]:
    """Writes a copy of our file after `change` had its way with the features."""

    def write(change: Change) -> Path:
        data = json.loads(BUURTEN_FILE.read_text(encoding="utf-8"))
        change(data["features"])
        path = tmp_path / "buurten.geojson"
        path.write_text(json.dumps(data), encoding="utf-8")
        return path

    return write


def run(*args: object, **options: object) -> list[str]:
    """The lines that the command writes."""
    out = StringIO()
    call_command("importeer_gebieden", *args, stdout=out, **options)
    return out.getvalue().splitlines()


def everything() -> list[dict[str, Any]]:
    """All rows of all areas."""
    return [row for model in (Gebied, Wijk, Buurt) for row in model.objects.order_by("pk").values()]


def buurt(features: Features, gebiednummer: str) -> dict[str, Any]:
    return next(feature for feature in features if feature["properties"]["gebiednummer"] == gebiednummer)


class TestOwnCopy:
    def test_areas_are_those_of_the_facts_in_their_order(self, alkmaar: None) -> None:
        found = Wijk.objects.values_list("gebied__naam", "naam", "code", "inwoners")
        assert list(found) == WIJKEN
        assert list(Gebied.objects.values_list("naam", flat=True)) == list(dict.fromkeys(row[0] for row in WIJKEN))
        assert Buurt.objects.count() == 66

    def test_inhabitants_of_a_gebied_are_those_of_its_wijken(self, alkmaar: None) -> None:
        noord = Gebied.objects.get(slug="noord")
        assert (noord.inwoners, noord.inwoners_jaar) == (28400, 2022)

    def test_thirteen_dorpen_and_ursem_is_none(self, alkmaar: None) -> None:
        assert set(Buurt.objects.dorpen().values_list("naam", flat=True)) == DORPEN
        assert Buurt.objects.filter(naam="Ursem", is_dorp=False).exists()

    def test_a_double_name_reads_as_one(self, alkmaar: None) -> None:
        assert Buurt.objects.get(naam="Oud-Overdie").slug == "oud-overdie"
        assert not Buurt.objects.filter(naam__contains=" - ").exists()

    def test_borders_lie_within_the_municipality(self, alkmaar: None) -> None:
        for model in (Gebied, Wijk, Buurt):
            for area in model.objects.all():
                assert 52.519 <= area.south < area.north <= 52.683
                assert 4.708 <= area.west < area.east <= 4.928

    @pytest.mark.parametrize("model", [Gebied, Wijk])
    def test_a_union_is_one_piece_without_holes_around_its_label(self, alkmaar: None, model: type[Area]) -> None:
        for area in model._default_manager.all():
            border = shape(area.grens)
            assert border.geom_type == "Polygon"
            assert border.is_valid
            assert not border.interiors
            assert border.contains(shapely.Point(area.label_lon, area.label_lat))

    def test_wijken_cover_their_gebied_exactly(self, alkmaar: None) -> None:
        for gebied in Gebied.objects.all():
            wijken = [shape(wijk.grens) for wijk in gebied.wijken.all()]
            assert sum(wijk.area for wijk in wijken) == pytest.approx(shape(gebied.grens).area, rel=1e-6)


class TestRepeating:
    def test_the_second_time_nothing_changes(self, db: None) -> None:
        assert run()[-1] == "82 toegevoegd, 0 gewijzigd, 0 gelijk, 0 niet meer in het bestand."
        before = everything()
        assert run() == ["0 toegevoegd, 0 gewijzigd, 82 gelijk, 0 niet meer in het bestand."]
        assert everything() == before
        assert AreaImport.objects.count() == 1

    def test_texts_and_teams_of_people_stay(self, alkmaar: None, file_with: Callable[[Change], Path]) -> None:
        noord = Gebied.objects.get(slug="noord")
        noord.write_inleiding("Welkom in Noord.", by=GebruikerFactory(medewerker=True))
        lid = TeamlidFactory(gebied=noord)

        def change(features: Features) -> None:
            for feature in features:
                feature["properties"]["inwoners"] += 5

        run(file_with(change))
        noord.refresh_from_db()
        assert (noord.inleiding, noord.inwoners, noord.versie) == ("Welkom in Noord.", 28400 + 11 * 5, 1)
        assert Teamlid.objects.get() == lid

    def test_only_totals_when_quiet(self, db: None) -> None:
        assert len(run(verbosity=0)) == 1


class TestChangedFile:
    def test_a_new_name_and_number_are_reported_and_the_address_stays(
        self, alkmaar: None, file_with: Callable[[Change], Path]
    ) -> None:
        def change(features: Features) -> None:
            buurt(features, STOMPETOREN)["properties"] |= {"naam": "Stompetoren en omgeving", "inwoners": 2100}

        lines = run(file_with(change))
        assert lines == [
            "Gewijzigd: gebied Oost (inwoners)",
            "Gewijzigd: wijk Schermer (inwoners)",
            "Gewijzigd: buurt Stompetoren (naam en inwoners)",
            "0 toegevoegd, 3 gewijzigd, 79 gelijk, 0 niet meer in het bestand.",
        ]
        found = Buurt.objects.get(gebiednummer=STOMPETOREN)
        assert (found.naam, found.slug, found.zoeknaam) == (
            "Stompetoren en omgeving",
            "stompetoren",
            "stompetoren en omgeving",
        )
        newest = AreaImport.objects.newest()
        assert newest is not None
        assert newest.verslag.splitlines() == lines

    def test_a_moved_border_is_reported_once(self, alkmaar: None, file_with: Callable[[Change], Path]) -> None:
        def change(features: Features) -> None:
            ring = buurt(features, KOOIMEER)["geometry"]["coordinates"][0]
            ring[8] = [ring[8][0] + 0.0001, ring[8][1]]

        assert "Gewijzigd: buurt Kooimeer (grens)" in run(file_with(change))

    def test_a_buurt_of_another_wijk_moves(self, alkmaar: None, file_with: Callable[[Change], Path]) -> None:
        def change(features: Features) -> None:
            buurt(features, KOOIMEER)["properties"] |= {"wijkcode": "WK036103", "wijk": "Overdie", "gebied": "Zuid"}

        assert "Gewijzigd: buurt Kooimeer (wijk)" in run(file_with(change))
        assert Buurt.objects.get(gebiednummer=KOOIMEER).wijk.naam == "Overdie"

    def test_what_is_gone_and_not_pointed_at_is_removed(
        self, alkmaar: None, file_with: Callable[[Change], Path]
    ) -> None:
        lines = run(file_with(lambda features: features.remove(buurt(features, KOOIMEER))))
        assert "Niet meer in het bestand, verwijderd: buurt Kooimeer" in lines
        assert not Buurt.objects.filter(gebiednummer=KOOIMEER).exists()

    def test_what_is_gone_and_pointed_at_is_kept_apart(
        self, alkmaar: None, file_with: Callable[[Change], Path]
    ) -> None:
        stompetoren = Buurt.objects.get(gebiednummer=STOMPETOREN)
        melding = MeldingFactory(wijk=stompetoren.wijk, buurt=stompetoren)
        gone = file_with(lambda features: features.remove(buurt(features, STOMPETOREN)))
        lines = run(gone)
        assert "Niet meer in het bestand, bewaard omdat er nog gegevens naar verwijzen: buurt Stompetoren" in lines
        kept = Buurt.objects.get(gebiednummer=STOMPETOREN)
        assert kept.withdrawn_at is not None
        melding.refresh_from_db()
        assert melding.buurt == kept
        assert kept not in Buurt.objects.current()
        assert kept not in Buurt.objects.dorpen()
        assert kept not in kept.wijk.dorpen()
        assert kept.get_absolute_url() == kept.wijk.get_absolute_url()
        # A second run says nothing new about it.
        assert run(gone) == ["0 toegevoegd, 0 gewijzigd, 81 gelijk, 0 niet meer in het bestand."]

        assert "Gewijzigd: buurt Stompetoren (naam in adressen en uit het register sinds)" in run()
        back = Buurt.objects.get(gebiednummer=STOMPETOREN)
        assert (back.pk, back.slug, back.withdrawn_at) == (kept.pk, "stompetoren", None)

    def test_a_successor_gets_the_address_of_what_is_gone(
        self, alkmaar: None, file_with: Callable[[Change], Path]
    ) -> None:
        stompetoren = Buurt.objects.get(gebiednummer=STOMPETOREN)
        melding = MeldingFactory(wijk=stompetoren.wijk, buurt=stompetoren)

        def change(features: Features) -> None:
            buurt(features, STOMPETOREN)["properties"]["gebiednummer"] = "0361000000000189"

        run(file_with(change))
        assert Buurt.objects.get(slug="stompetoren").gebiednummer == "0361000000000189"
        melding.refresh_from_db()
        assert melding.buurt.slug == f"stompetoren-{STOMPETOREN}"

    def test_what_was_kept_goes_with_the_last_that_points_at_it(
        self, alkmaar: None, file_with: Callable[[Change], Path]
    ) -> None:
        kooimeer = Buurt.objects.get(gebiednummer=KOOIMEER)
        melding = MeldingFactory(wijk=kooimeer.wijk, buurt=kooimeer)
        gone = file_with(lambda features: features.remove(buurt(features, KOOIMEER)))
        run(gone)
        melding.stappen.all().delete()
        melding.delete()
        assert "Niet meer in het bestand, verwijderd: buurt Kooimeer" in run(gone)
        assert not Buurt.objects.filter(gebiednummer=KOOIMEER).exists()

    def test_two_of_one_name_in_a_wijk_have_their_own_address(
        self, db: None, file_with: Callable[[Change], Path]
    ) -> None:
        def change(features: Features) -> None:
            for number in (STOMPETOREN, "0361000000000090"):
                buurt(features, number)["properties"]["naam"] = "Dubbel"

        run(file_with(change))
        slugs = set(Buurt.objects.filter(naam="Dubbel").values_list("slug", flat=True))
        assert slugs == {"dubbel", "dubbel-0361000000000090"}

    def test_any_row_that_points_at_an_area_counts(self, alkmaar: None) -> None:
        noord = Gebied.objects.get(slug="noord")
        assert noord.is_referenced()
        Buurt.objects.filter(wijk__gebied=noord).delete()
        Wijk.objects.filter(gebied=noord).delete()
        assert not noord.is_referenced()
        TeamlidFactory(gebied=noord)
        assert noord.is_referenced()


def set_property(**values: object) -> Change:
    def change(features: Features) -> None:
        features[-1]["properties"] |= values

    return change


def drop_property(name: str) -> Change:
    return lambda features: features[-1]["properties"].pop(name)


def set_geometry(geometry: object) -> Change:
    def change(features: Features) -> None:
        features[-1]["geometry"] = geometry

    return change


def twice(features: Features) -> None:
    features.append(copy.deepcopy(features[0]))


def without_vroonermeer(features: Features) -> None:
    features[:] = [feature for feature in features if feature["properties"]["wijk"] != "Vroonermeer"]


BOW_TIE = {
    "type": "Polygon",
    "coordinates": [[[4.77, 52.65], [4.78, 52.66], [4.78, 52.65], [4.77, 52.66], [4.77, 52.65]]],
}
LAT_FIRST = {"type": "Polygon", "coordinates": [[[52.65, 4.77], [52.66, 4.77], [52.66, 4.78], [52.65, 4.77]]]}

BROKEN: list[tuple[Change, str]] = [
    (drop_property("naam"), "Buurt 66 in het bestand (0361000000000055): ‘naam’ ontbreekt."),
    (drop_property("gebiednummer"), "Buurt 66 in het bestand (Vroonermeer Noord): ‘gebiednummer’ ontbreekt."),
    (drop_property("inwoners"), "‘inwoners’ moet een geheel getal van 0 of meer zijn."),
    (drop_property("label"), "‘label’ moet een lengte- en een breedtegraad hebben."),
    (drop_property("wijkcode"), "‘wijkcode’ ontbreekt."),
    (set_property(naam="x" * 81), "‘naam’ is langer dan 80 tekens."),
    (set_property(naam="???"), "in de naam staat geen letter of cijfer."),
    (set_property(gebiednummer="55"), "gebiednummer moet zestien cijfers zijn."),
    (set_property(inwoners=-99997), "‘inwoners’ moet een geheel getal van 0 of meer zijn."),
    (set_property(inwoners=True), "‘inwoners’ moet een geheel getal van 0 of meer zijn."),
    (set_property(wijkcode="WK036199"), "wijkcode WK036199 is onbekend."),
    (set_property(wijk="Vronermeer"), "wijk WK036111 heet ‘Vroonermeer’, niet ‘Vronermeer’."),
    (set_property(gebied="Oost"), "wijk ‘Vroonermeer’ hoort bij gebied ‘West’, niet bij ‘Oost’."),
    (set_property(label=[4.5, 52.65]), "‘label’ ligt buiten de grens."),
    (set_property(label=[4.5]), "‘label’ moet een lengte- en een breedtegraad hebben."),
    (set_geometry(None), "de grens moet een Polygon of MultiPolygon zijn."),
    (set_geometry({"type": "Point", "coordinates": [4.77, 52.65]}), "de grens moet een Polygon of MultiPolygon zijn."),
    (set_geometry({"type": "Polygon", "coordinates": "x"}), "de grens is niet te lezen."),
    (set_geometry({"type": "Polygon"}), "de grens is niet te lezen."),
    (set_geometry({"type": "Polygon", "coordinates": []}), "de grens is leeg of bevat iets dat geen getal is."),
    (set_geometry(BOW_TIE), "de grens snijdt zichzelf of is niet gesloten"),
    (set_geometry(LAT_FIRST), "de grens ligt niet in Nederland"),
    (lambda features: features.append("x"), "Buurt 67 in het bestand (zonder naam): ‘gebiednummer’ ontbreekt."),  # type: ignore[arg-type]
    (twice, "Gebiednummer 0361000000000010 staat meer dan één keer in het bestand, de laatste keer bij ‘Kooimeer’."),
    (without_vroonermeer, "Wijk ‘Vroonermeer’ (WK036111) heeft geen buurten in het bestand."),
    (
        lambda features: features.remove(buurt(features, "0361000000000088")),
        "De indeling noemt buurt 0361000000000088 in ‘Schermer’, maar die staat niet in het bestand.",
    ),
]


class TestBrokenFile:
    @pytest.mark.parametrize("change, reason", BROKEN, ids=[reason[-45:] for _change, reason in BROKEN])
    def test_it_is_refused_in_one_sentence(
        self, file_with: Callable[[Change], Path], change: Change, reason: str
    ) -> None:
        with pytest.raises(BadRegister) as refusal:
            read_register(file_with(change), read_indeling())
        assert reason in str(refusal.value)

    def test_a_broken_feature_at_the_end_leaves_everything_as_it_was(
        self, alkmaar: None, file_with: Callable[[Change], Path]
    ) -> None:
        before = everything()

        def change(features: Features) -> None:
            features[0]["properties"]["naam"] = "Mag niet bewaard worden"
            features[-1]["geometry"] = BOW_TIE

        with pytest.raises(CommandError) as refusal:
            run(file_with(change))
        assert str(refusal.value).startswith("Er is niets gewijzigd. Buurt 66 in het bestand (Vroonermeer Noord, ")
        assert everything() == before
        assert AreaImport.objects.count() == 1

    @pytest.mark.parametrize(
        "content, reason",
        [
            (None, "is niet te lezen"),
            (b"<html>", "is geen JSON"),
            (b"\xff\xfe", "is geen JSON"),
            (b"[" * 100_000, "is geen JSON"),
            (b"[]", "is geen GeoJSON met buurten"),
            (b'{"type": "FeatureCollection", "features": []}', "is geen GeoJSON met buurten"),
            (b'{"type": "FeatureCollection", "features": 3}', "is geen GeoJSON met buurten"),
        ],
    )
    def test_what_is_no_geojson_is_refused(self, db: None, tmp_path: Path, content: bytes | None, reason: str) -> None:
        path = tmp_path / "iets.json"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(CommandError, match=reason):
            run(path)

    def test_a_failure_while_writing_leaves_everything_as_it_was(
        self, alkmaar: None, file_with: Callable[[Change], Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = everything()
        register = read_register(file_with(lambda features: set_property(inwoners=7)(features[:1])), read_indeling())

        def crash(**values: object) -> None:
            raise RuntimeError("power cut")

        monkeypatch.setattr(AreaImport.objects, "create", crash)
        with pytest.raises(RuntimeError):
            import_gebieden(register)
        assert everything() == before


class TestUnion:
    def test_gaps_and_crumbs_of_simplification_go(self) -> None:
        # Two halves that leave a gap of about 7 by 220 m between them, and a crumb of a square metre beside them.
        notch = [(4.71, 52.604), (4.7099, 52.605), (4.71, 52.606)]
        left = shapely.Polygon([(4.70, 52.60), (4.71, 52.60), *notch, (4.71, 52.61), (4.70, 52.61)])
        right = shapely.Polygon([(4.71, 52.60), (4.72, 52.60), (4.72, 52.61), (4.71, 52.61)])
        crumb = shapely.box(4.73, 52.60, 4.73001, 52.60001)
        border = union([left, right, crumb]).geometry
        assert border.equals(shapely.box(4.70, 52.60, 4.72, 52.61))

    def test_a_real_hole_stays(self) -> None:
        ring = shapely.box(4.70, 52.60, 4.72, 52.61) - shapely.box(4.705, 52.603, 4.715, 52.607)
        outline = union([ring])
        assert len(outline.geometry.interiors) == 1  # type: ignore[union-attr]
        assert outline.geometry.contains(shapely.Point(outline.label))

    def test_borders_that_differ_in_the_last_digit_make_one_piece(self) -> None:
        left, right = shapely.box(4.70, 52.60, 4.7100001, 52.61), shapely.box(4.7100004, 52.60, 4.72, 52.61)
        border = union([left, right]).geometry
        assert border.geom_type == "Polygon"
        assert border.equals(shapely.box(4.70, 52.60, 4.72, 52.61))


def test_a_file_without_features_of_ours_is_no_register(tmp_path: Path) -> None:
    path = tmp_path / "leeg.json"
    path.write_text('{"type": "FeatureCollection", "features": [null]}', encoding="utf-8")
    with pytest.raises(BadRegister, match="Buurt 1 in het bestand"):
        read_register(path, read_indeling())


def test_register_of_our_copy_is_read_whole(alkmaar_register: Register) -> None:
    assert sum(len(wijk.buurten) for gebied in alkmaar_register.gebieden for wijk in gebied.wijken) == 66
