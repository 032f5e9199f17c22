// The borders of gebieden, wijken or buurten, each with its name and a way to its page.

import { giveCredit, toLatLng } from "./kaart_frame.js";
import { create } from "./words.js";

const LABELS = "names";
const METRES_A_DEGREE = 111_250; // of latitude, in the Netherlands
const TOLERANCE_METRES = 60; // the server too counts a place just outside as inside
const NAME_TOP = 24; // pixels between the top of the map and the middle of a name there
const NAME_MARGIN = 4; // pixels between a name and what it keeps clear of
const NAME_STEPS = [0, 1, -1, 2, -2]; // where a name may stand, in its own heights below the middle of its area
const NAME_SIDES = [0, 0.6, -0.6]; // and in its own widths beside it
const AROUND = [[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1], [0.7, 0.7], [0.7, -0.7], [-0.7, 0.7], [-0.7, -0.7]];

/**
 * Draws the areas at `url`, and gives their GeoJSON features; none when they can't be had. With `nadruk` only the areas
 * whose address begins with it stand out. Where `links` is true an area leads to its page.
 */
export async function addAreas(map, url, { nadruk = "", links = true } = {}) {
  const collection = await load(url);
  const standsOut = ({ properties }) => (properties.url ?? "").startsWith(nadruk);
  const leads = (feature) => links && standsOut(feature) && isElsewhere(feature.properties.url);
  map.createPane(LABELS);
  const names = [];
  // What stands out is drawn last, so that its border lies on top.
  for (const feature of [...collection.features].sort((a, b) => standsOut(a) - standsOut(b))) {
    const { properties } = feature;
    const className = standsOut(feature) ? `kaart-vlak kleur-${properties.kleur}` : "kaart-vlak kaart-vlak--rustig";
    const area = L.geoJSON(feature, { interactive: leads(feature), style: { className } }).addTo(map);
    if (!standsOut(feature)) continue;
    const name = addName(map, feature);
    names.push(name);
    if (leads(feature)) area.eachLayer((part) => makeLink(part, properties, name.element));
  }
  giveCredit(map, collection.attribution);
  map.on("moveend resize punten", () => arrange(map, names));
  arrange(map, names);
  return collection.features;
}

async function load(url) {
  try {
    const response = await fetch(url);
    if (response.ok) return await response.json();
  } catch {
    // No connection: a map without borders still shows its points.
  }
  return { features: [] };
}

function isElsewhere(url) {
  return Boolean(url) && url !== window.location.pathname;
}

function addName(map, feature) {
  const { naam, label } = feature.properties;
  const element = create("span", "kaart-naam", naam);
  const home = L.latLng(toLatLng(label));
  const tooltip = L.tooltip(home, { className: "kaart-label", content: element, direction: "center", pane: LABELS, permanent: true });
  tooltip.addTo(map).getElement().setAttribute("aria-hidden", "true"); // the area itself says its name
  return { element, feature, home, tooltip };
}

function makeLink(part, { naam, url }, name) {
  const path = part.getElement();
  const go = () => window.location.assign(url);
  const show = () => name.classList.add("kaart-naam--nu");
  const hide = () => name.classList.remove("kaart-naam--nu");
  path.setAttribute("role", "link");
  path.setAttribute("tabindex", "0");
  path.setAttribute("aria-label", naam);
  path.addEventListener("focus", show);
  path.addEventListener("blur", hide);
  path.addEventListener("keydown", (event) => {
    if (event.key === "Enter") go();
  });
  part.on({ click: go, mouseover: show, mouseout: hide });
}

/**
 * Puts every name where it covers no marker and no other name. Where that can't be, it stays in the middle of its area,
 * unless another name is there already: then it hides, and who points at the area sees it all the same.
 */
function arrange(map, names) {
  nameWhatIsInView(map, names);
  const markers = [...map.getPane("markerPane").children].map((marker) => marker.getBoundingClientRect());
  const shown = [];
  for (const { element } of names) {
    element.style.translate = "";
    const home = element.getBoundingClientRect();
    const places = NAME_SIDES.flatMap((side) => NAME_STEPS.map((step) => [side * home.width, step * home.height]));
    const isFree = (others) => ([right, down]) => others.every((other) => isApart(home, right, down, other));
    const [right, down] = places.find(isFree([...markers, ...shown])) ?? [0, 0];
    const isHidden = !isFree(shown)([right, down]);
    element.style.translate = `${right}px ${down}px`;
    element.classList.toggle("kaart-naam--weg", isHidden);
    if (!isHidden) shown.push(element.getBoundingClientRect());
  }
}

function isApart({ left, right, top, bottom }, toRight, down, other) {
  return (
    left + toRight > other.right + NAME_MARGIN ||
    right + toRight < other.left - NAME_MARGIN ||
    top + down > other.bottom + NAME_MARGIN ||
    bottom + down < other.top - NAME_MARGIN
  );
}

/** From close by an area fills the map and the middle of it is elsewhere: then its name stands at the top of the map. */
function nameWhatIsInView(map, names) {
  const bounds = map.getBounds();
  const { lat, lng } = map.getCenter();
  const top = map.containerPointToLatLng([map.getSize().x / 2, NAME_TOP]);
  for (const { feature, home, tooltip } of names) {
    const fills = !bounds.contains(home) && contains(feature, [lat, lng]);
    tooltip.setLatLng(fills ? top : home);
  }
}

/** `place` ([latitude, longitude] in degrees) moved so many times a distance in metres to the north and to the east. */
export function moved([lat, lon], [north, east], metres) {
  const degrees = metres / METRES_A_DEGREE;
  return [lat + north * degrees, lon + (east * degrees) / Math.cos((lat * Math.PI) / 180)];
}

/** The area that `place` lies in or is very near to; undefined outside of all. */
export function areaAt(areas, place) {
  for (const direction of AROUND) {
    const point = moved(place, direction, TOLERANCE_METRES);
    const found = areas.find((area) => contains(area, point));
    if (found) return found;
  }
}

/** Counts the borders between `place` and the far east: an odd number means inside. */
function contains({ geometry: { type, coordinates } }, [lat, lon]) {
  const rings = type === "Polygon" ? coordinates : coordinates.flat();
  let inside = false;
  for (const ring of rings) {
    ring.forEach(([x1, y1], index) => {
      const [x2, y2] = ring[(index + 1) % ring.length];
      if (y1 > lat !== y2 > lat && lon < x1 + ((lat - y1) / (y2 - y1)) * (x2 - x1)) inside = !inside;
    });
  }
  return inside;
}
