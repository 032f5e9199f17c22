// The borders of gebieden, wijken or buurten, each with its name and a way to its page.

import { giveCredit, toLatLng } from "./kaart_frame.js";
import { create } from "./words.js";

const LABELS = "names";
const METRES_A_DEGREE = 111_250; // of latitude, in the Netherlands
const TOLERANCE_METRES = 60; // the server too counts a place just outside as inside
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
    const name = addName(map, properties);
    names.push(name);
    if (leads(feature)) area.eachLayer((part) => makeLink(part, properties, name));
  }
  giveCredit(map, collection.attribution);
  map.on("zoomend resize", () => thinOut(names));
  thinOut(names);
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

function addName(map, { naam, label }) {
  const name = create("span", "", naam);
  L.tooltip(toLatLng(label), { className: "kaart-label", content: name, direction: "center", pane: LABELS, permanent: true })
    .addTo(map)
    .getElement()
    .setAttribute("aria-hidden", "true"); // the area itself says its name
  return name;
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

/** Hides names that would lie over another one; who points at the area sees it all the same. */
function thinOut(names) {
  const shown = [];
  for (const name of names) {
    const box = name.getBoundingClientRect();
    const overlaps = (other) =>
      box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom;
    const hidden = shown.some(overlaps);
    name.classList.toggle("kaart-naam--weg", hidden);
    if (!hidden) shown.push(box);
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
