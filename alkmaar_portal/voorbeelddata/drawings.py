"""The example photos: flat drawings of what people report, each marked as an example.

Drawn twice as large as they are kept, so that edges come out smooth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1600, 1200
SHRINK = 2
#: Where pavement begins, and where the road does.
PAVEMENT, ROAD = 760, 960

MARK = "Voorbeeldfoto"

Colour = tuple[int, int, int]
INK: Colour = (38, 46, 56)
PAPER: Colour = (251, 249, 245)
STONE: Colour = (196, 190, 180)
JOINT: Colour = (168, 161, 150)
ASPHALT: Colour = (110, 114, 120)
GRASS: Colour = (132, 165, 112)
LEAF: Colour = (74, 122, 78)
WOOD: Colour = (148, 104, 68)
STEEL: Colour = (92, 104, 116)
SOIL: Colour = (120, 96, 72)
WATER: Colour = (120, 158, 178)
BAGS: Sequence[Colour] = ((62, 66, 72), (86, 92, 100), (214, 214, 208))
FRONTS: Sequence[Colour] = ((178, 108, 84), (196, 134, 98), (160, 92, 80), (206, 168, 128), (150, 118, 104))
SKIES: Sequence[Colour] = ((206, 224, 234), (222, 226, 226), (198, 216, 224))
NIGHT: Colour = (34, 42, 64)

Sheet = ImageDraw.ImageDraw


def draw(name: str, rng: Random) -> bytes:
    """A PNG of the drawing `name` (one of DRAWINGS), with small differences by chance."""
    image = Image.new("RGB", (WIDTH, HEIGHT))
    DRAWINGS[name](ImageDraw.Draw(image), rng)
    if rng.random() < 0.5:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    image = image.reduce(SHRINK)
    _mark(ImageDraw.Draw(image))
    output = BytesIO()
    image.save(output, "PNG", compress_level=1)
    return output.getvalue()


def _mark(sheet: Sheet) -> None:
    font = ImageFont.load_default(28)
    right, bottom = WIDTH // SHRINK - 18, HEIGHT // SHRINK - 16
    left, top, _right, _bottom = sheet.textbbox((right, bottom), MARK, font, anchor="rb")
    sheet.rounded_rectangle((left - 9, top - 7, right + 9, bottom + 7), 6, fill=PAPER)
    sheet.text((right, bottom), MARK, INK, font, anchor="rb")


def _shade(colour: Colour, factor: float) -> Colour:
    red, green, blue = (min(255, int(part * factor)) for part in colour)
    return red, green, blue


def _box(sheet: Sheet, left: float, top: float, width: float, height: float, colour: Colour, radius: int = 0) -> None:
    sheet.rounded_rectangle((left, top, left + width, top + height), radius, fill=colour)


def _disc(sheet: Sheet, x: float, y: float, radius: float, colour: Colour) -> None:
    sheet.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def _street(sheet: Sheet, rng: Random, *, night: bool = False) -> None:
    """A row of houses behind a pavement and a road."""
    light = 0.42 if night else 1.0
    _box(sheet, 0, 0, WIDTH, HEIGHT, NIGHT if night else rng.choice(SKIES))
    left = -rng.randint(0, 120)
    while left < WIDTH:
        width, height = rng.randint(230, 300), rng.randint(360, 430)
        front, top = _shade(rng.choice(FRONTS), light), PAVEMENT - height
        gable = [(left, top), (left + width / 2, top - 130), (left + width, top)]
        sheet.polygon(gable, fill=_shade((120, 70, 62), light))
        _box(sheet, left, top, width, height, front)
        for column in (0.16, 0.58):
            for row in (0.12, 0.52):
                is_lit = night and rng.random() < 0.3
                glass = (240, 204, 120) if is_lit else _shade((206, 218, 222), light)
                _box(sheet, left + width * column, top + height * row, width * 0.26, height * 0.24, glass, 4)
        left += width + 4
    _ground(sheet, light)


def _ground(sheet: Sheet, light: float = 1.0) -> None:
    """Pavement with joints, a kerb and a road."""
    _box(sheet, 0, PAVEMENT, WIDTH, ROAD - PAVEMENT, _shade(STONE, light))
    for column in range(0, WIDTH, 100):
        sheet.line((column, PAVEMENT, column - 70, ROAD), fill=_shade(JOINT, light), width=4)
    for row in range(PAVEMENT + 66, ROAD, 66):
        sheet.line((0, row, WIDTH, row), fill=_shade(JOINT, light), width=4)
    _box(sheet, 0, ROAD, WIDTH, 26, _shade((222, 218, 210), light))
    _box(sheet, 0, ROAD + 26, WIDTH, HEIGHT - ROAD, _shade(ASPHALT, light))


def _park(sheet: Sheet, rng: Random) -> None:
    """Grass with a row of trees behind it."""
    _box(sheet, 0, 0, WIDTH, HEIGHT, rng.choice(SKIES))
    for x in range(-40, WIDTH + 120, 150):
        _disc(sheet, x + rng.randint(-30, 30), 600 + rng.randint(-30, 40), rng.randint(110, 160), _shade(LEAF, 1.15))
    _box(sheet, 0, 660, WIDTH, HEIGHT - 660, GRASS)
    sheet.polygon([(0, 1010), (WIDTH, 900), (WIDTH, 1060), (0, 1180)], fill=(210, 200, 178))


def _lantern(sheet: Sheet, rng: Random) -> None:
    _street(sheet, rng, night=True)
    lit = rng.randint(1150, 1300)
    for halo, glow in ((150, (66, 66, 70)), (95, (112, 104, 84)), (50, (190, 168, 110))):
        _disc(sheet, lit + 70, 330, halo, glow)
    for x, lamp in ((lit, (252, 232, 170)), (rng.randint(420, 560), (70, 76, 88))):
        _box(sheet, x - 9, 300, 18, 600, _shade(STEEL, 0.75))
        _box(sheet, x - 9, 290, 90, 16, _shade(STEEL, 0.75))
        _box(sheet, x + 30, 300, 84, 34, lamp, 12)


def _tiles(sheet: Sheet, rng: Random) -> None:
    _box(sheet, 0, 0, WIDTH, HEIGHT, JOINT)
    loose = {(rng.randint(2, 4), rng.randint(1, 3)) for _number in range(4)}
    for column in range(7):
        for row in range(-1, 5):
            left, top = column * 232 + 8, row * 232 + 8 + (116 if column % 2 else 0)
            colour = _shade(STONE, rng.uniform(0.95, 1.05))
            if (column, row) not in loose:
                _box(sheet, left, top, 220, 220, colour, 6)
                continue
            _box(sheet, left, top, 220, 220, SOIL, 6)
            tilt = rng.randint(28, 60)
            corners = [
                (left + tilt, top + 10),
                (left + 226, top + tilt),
                (left + 190, top + 232),
                (left + 4, top + 170),
            ]
            sheet.polygon([(x + 12, y + 16) for x, y in corners], fill=_shade(SOIL, 0.7))
            sheet.polygon(corners, fill=_shade(colour, 1.08))
    _box(sheet, 0, 1060, WIDTH, 60, (222, 218, 210))
    _box(sheet, 0, 1120, WIDTH, 80, ASPHALT)


def _sign(sheet: Sheet, rng: Random) -> None:
    _street(sheet, rng)
    x, lean = rng.randint(640, 860), rng.randint(170, 240)
    sheet.line((x, 940, x + lean, 360), fill=STEEL, width=22)
    _disc(sheet, x + lean, 340, 120, (178, 34, 40))
    _disc(sheet, x + lean, 340, 92, (246, 244, 240))
    _box(sheet, x + lean - 66, 322, 132, 36, (178, 34, 40), 4)


def _container(sheet: Sheet, rng: Random) -> None:
    _street(sheet, rng)
    left = rng.randint(520, 680)
    _box(sheet, left - 30, 900, 440, 22, _shade(STEEL, 0.8))
    _box(sheet, left, 470, 380, 440, (70, 108, 102), 26)
    _box(sheet, left + 40, 540, 300, 130, (48, 78, 74), 18)
    _box(sheet, left + 130, 590, 120, 18, (196, 200, 198), 8)
    for _number in range(rng.randint(5, 7)):
        x, y = left + rng.choice((-260, -190, -120, 420, 490, 560)) + rng.randint(-20, 20), rng.randint(860, 920)
        bag = rng.choice(BAGS)
        sheet.ellipse((x - 80, y - 90, x + 80, y + 70), fill=bag)
        sheet.polygon([(x - 22, y - 80), (x + 22, y - 80), (x, y - 130)], fill=_shade(bag, 0.85))
    _box(sheet, left + 420, 820, 190, 130, (190, 150, 104))
    sheet.line((left + 420, 880, left + 610, 880), fill=(160, 122, 80), width=6)


def _litter(sheet: Sheet, rng: Random) -> None:
    _park(sheet, rng)
    x = rng.randint(980, 1120)
    _box(sheet, x, 690, 150, 250, (70, 92, 84), 14)
    _box(sheet, x - 14, 670, 178, 34, (54, 72, 66), 10)
    for colour in BAGS[1:]:
        _disc(sheet, x + rng.randint(20, 130), 650, 50, colour)
    for _number in range(26):
        left, top = rng.randint(80, 1500), rng.randint(880, 1140)
        colour = rng.choice(((236, 234, 228), (186, 52, 48), (90, 140, 176), (232, 196, 92), (150, 156, 160)))
        _box(sheet, left, top, rng.randint(26, 62), rng.randint(16, 34), colour, 8)


def _graffiti(sheet: Sheet, rng: Random) -> None:
    _street(sheet, rng)
    left = rng.randint(480, 700)
    _box(sheet, left, 500, 460, 420, (150, 158, 150), 8)
    sheet.line((left + 230, 520, left + 230, 900), fill=(122, 130, 122), width=6)
    for colour in ((196, 60, 110), (60, 110, 170), (236, 180, 60)):
        points = [(left + 50 + step * 52, rng.randint(580, 830)) for step in range(8)]
        sheet.line(points, fill=colour, width=24, joint="curve")


def _tree(sheet: Sheet, rng: Random) -> None:
    _park(sheet, rng)
    x = rng.randint(620, 760)
    sheet.polygon([(x - 50, 960), (x + 50, 960), (x + 34, 420), (x - 30, 420)], fill=WOOD)
    for dx, dy, radius in ((-150, 400, 150), (120, 380, 170), (-20, 260, 190), (40, 470, 130), (-170, 270, 110)):
        _disc(sheet, x + dx, dy, radius, _shade(LEAF, rng.uniform(0.9, 1.1)))
    sheet.line((x + 30, 560, x + 330, 930), fill=_shade(WOOD, 0.9), width=34)
    for dx, dy in ((290, 850), (350, 900), (400, 960), (310, 960)):
        _disc(sheet, x + dx, dy, 66, _shade(LEAF, 0.95))


def _bush(sheet: Sheet, rng: Random) -> None:
    _street(sheet, rng)
    for x in range(-40, 1000, 90):
        _disc(sheet, x, rng.randint(700, 760), rng.randint(120, 170), _shade(LEAF, rng.uniform(0.85, 1.1)))
    for x in range(0, 900, 110):
        _disc(sheet, x, rng.randint(840, 900), rng.randint(70, 110), _shade(LEAF, rng.uniform(0.95, 1.15)))


def _puddle(sheet: Sheet, rng: Random) -> None:
    _street(sheet, rng)
    x = rng.randint(500, 800)
    sheet.ellipse((x - 460, 880, x + 460, 1150), fill=WATER)
    sheet.ellipse((x - 300, 930, x + 260, 1080), fill=_shade(WATER, 1.12))
    _box(sheet, x + 40, 985, 150, 54, (70, 74, 80), 6)
    for slot in range(5):
        _box(sheet, x + 56 + slot * 26, 995, 10, 34, (40, 44, 50))


def _swing(sheet: Sheet, rng: Random) -> None:
    _park(sheet, rng)
    _box(sheet, 330, 880, 940, 190, (222, 206, 168), 60)
    for x in (420, 1140):
        sheet.line((x, 330, x - 70, 980), fill=(196, 70, 60), width=26)
        sheet.line((x, 330, x + 70, 980), fill=(196, 70, 60), width=26)
    sheet.line((400, 330, 1160, 330), fill=(196, 70, 60), width=26)
    for x in (560, 690):
        sheet.line((x, 340, x, 830), fill=STEEL, width=8)
    _box(sheet, 540, 826, 170, 24, INK, 8)
    sheet.line((900, 340, 900, 800), fill=STEEL, width=8)
    sheet.line((1030, 340, 1044, 560), fill=STEEL, width=8)
    sheet.line((876, 792, 1010, 940), fill=INK, width=24)


def _bench(sheet: Sheet, rng: Random) -> None:
    _park(sheet, rng)
    left = rng.randint(380, 560)
    for x in (left + 60, left + 560):
        _box(sheet, x, 700, 28, 270, STEEL, 6)
    for top in (690, 750):
        _box(sheet, left, top, 650, 40, WOOD, 6)
    _box(sheet, left, 850, 650, 36, _shade(WOOD, 1.1), 6)
    sheet.line((left + 40, 905, left + 560, 985), fill=_shade(WOOD, 1.1), width=36)


def _bicycle(sheet: Sheet, rng: Random) -> None:
    _street(sheet, rng)
    x, frame = rng.randint(520, 700), rng.choice(((60, 96, 120), (140, 60, 56), (70, 74, 80)))
    for post in range(200, WIDTH, 330):
        _box(sheet, post, 690, 18, 240, _shade(STEEL, 1.2), 6)
    sheet.line((0, 720, WIDTH, 720), fill=_shade(STEEL, 1.2), width=16)
    sheet.ellipse((x - 130, 760, x + 70, 960), outline=INK, width=16)
    sheet.line([(x - 30, 860), (x + 70, 690), (x + 300, 690), (x + 170, 860), (x - 30, 860)], fill=frame, width=18)
    sheet.line([(x + 70, 690), (x + 170, 860)], fill=frame, width=18)
    sheet.line([(x + 280, 640), (x + 350, 860)], fill=frame, width=18)
    sheet.line([(x + 240, 630), (x + 320, 640)], fill=INK, width=18)
    _box(sheet, x + 20, 650, 110, 24, INK, 10)


def _car(sheet: Sheet, rng: Random) -> None:
    _street(sheet, rng)
    left, paint = rng.randint(360, 560), rng.choice(((96, 124, 150), (150, 64, 60), (188, 190, 188)))
    roof = [(left + 150, 740), (left + 260, 620), (left + 560, 620), (left + 680, 740)]
    sheet.polygon(roof, fill=paint)
    sheet.polygon([(left + 190, 736), (left + 276, 642), (left + 400, 642), (left + 400, 736)], fill=(204, 216, 222))
    sheet.polygon([(left + 424, 736), (left + 424, 642), (left + 548, 642), (left + 640, 736)], fill=(204, 216, 222))
    _box(sheet, left, 730, 820, 150, paint, 50)
    for x in (left + 180, left + 640):
        _disc(sheet, x, 885, 78, INK)
        _disc(sheet, x, 885, 36, STONE)


DRAWINGS: dict[str, Callable[[Sheet, Random], None]] = {
    "lantaarn": _lantern,
    "tegels": _tiles,
    "bord": _sign,
    "container": _container,
    "zwerfvuil": _litter,
    "graffiti": _graffiti,
    "boom": _tree,
    "struik": _bush,
    "plas": _puddle,
    "schommel": _swing,
    "bank": _bench,
    "fiets": _bicycle,
    "auto": _car,
}
