// What every map has: tiles that may be missing, and keys, wheel and touch that leave the page alone.

import { create } from "./words.js";

const MIN_ZOOM = 10;
const CLOSE_ZOOM = 15; // streets can be told apart
const MAX_ZOOM = 19; // the deepest tiles of PDOK
const OUTLINE_ZOOM = 14; // without tiles there is nothing to see from closer by than the borders
const FIRST_SNAP = 0.25;
const HINT_MS = 1500;
const EDGE = [16, 16]; // pixels between what is to be seen and the edge of the map

/**
 * Makes `element` a Leaflet map that shows its `data-begrenzing`, with the tiles that it names. A still map only shows:
 * nothing in it can be pressed, and keyboard and screen reader pass it by.
 */
export function createMap(element, { still = false } = {}) {
  const { dataset } = element;
  const calm = still || window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(element, {
    attributionControl: false,
    boxZoom: false,
    doubleClickZoom: !still,
    dragging: !still,
    fadeAnimation: !calm,
    inertia: !calm,
    keyboard: !still,
    markerZoomAnimation: !calm,
    maxZoom: MAX_ZOOM,
    minZoom: MIN_ZOOM,
    renderer: L.svg({ padding: 0 }), // nothing that can be pressed lies unseen beyond the edge
    scrollWheelZoom: false,
    touchZoom: !still,
    zoomAnimation: !calm,
    zoomControl: false,
  });
  if (!still) {
    addFoot(map, dataset);
    // Leaflet does this too, with a ring around the map that a mouse needs no more than a finger.
    element.addEventListener("mousedown", () => element.focus({ focusVisible: false, preventScroll: true }), { capture: true });
    leaveWheelToPage(map);
    leaveFingerToPage(map, dataset.tekstVingers);
  }
  const bounds = toBounds(dataset.begrenzing);
  const fit = () => {
    // As large as fits; from there on whole zooms, for which there are tiles.
    map.options.zoomSnap = FIRST_SNAP;
    map.fitBounds(bounds, { animate: false, maxZoom: closest(map), padding: EDGE });
    map.options.zoomSnap = 1;
  };
  // What is hidden has no size to fit in: it waits, unless somebody chooses another view meanwhile.
  map.setView(L.latLngBounds(bounds).getCenter(), MIN_ZOOM);
  let fitted = false;
  new ResizeObserver(() => {
    map.invalidateSize({ animate: false });
    if (!fitted && element.clientWidth && map.getZoom() === MIN_ZOOM) fit();
    fitted ||= element.clientWidth > 0;
  }).observe(element);
  // What lies on the ground matters more there than whose ground it is.
  const mark = () => element.classList.toggle("kaart--dichtbij", map.getZoom() >= CLOSE_ZOOM);
  map.on("zoomend", mark);
  mark();
  addTiles(map, dataset);
  return map;
}

/** The deepest zoom at which this map has something to show. */
function closest(map) {
  return map.options.withoutTiles ? OUTLINE_ZOOM : MAX_ZOOM;
}

/** Shows `place`, [latitude, longitude] in degrees, from as close by as `zoom` where there is something to see. */
export function lookAt(map, place, zoom) {
  map.setView(place, Math.min(zoom, Math.max(map.getZoom(), closest(map))));
}

/** [latitude, longitude], as Leaflet wants it; GeoJSON has it the other way around. */
export function toLatLng([lon, lat]) {
  return [lat, lon];
}

/** "west,south,east,north" in degrees as corners. */
function toBounds(text) {
  const [west, south, east, north] = text.split(",").map(Number);
  return [
    [south, west],
    [north, east],
  ];
}

/** Says below the map whose work it shows. */
export function giveCredit(map, text) {
  const foot = map.getContainer().nextElementSibling;
  if (text && foot?.matches(".kaart-voet")) foot.firstElementChild.append(create("span", "", text));
}

/** Below the map, where they cover nothing: whose work it is, and the buttons to zoom. */
function addFoot(map, { tekstInzoomen, tekstUitzoomen }) {
  const foot = create("div", "kaart-voet");
  const zoomOut = zoomButton("−", tekstUitzoomen, () => map.zoomOut());
  const zoomIn = zoomButton("+", tekstInzoomen, () => map.zoomIn());
  foot.append(create("p", "kaart-bron"), zoomOut, zoomIn);
  map.getContainer().after(foot);
  map.on("zoomend", () => {
    zoomOut.setAttribute("aria-disabled", String(map.getZoom() <= map.getMinZoom()));
    zoomIn.setAttribute("aria-disabled", String(map.getZoom() >= map.getMaxZoom()));
  });
}

function zoomButton(sign, name, press) {
  const button = create("button", "kaart-zoom", sign);
  button.type = "button";
  button.title = name;
  button.setAttribute("aria-label", name);
  button.addEventListener("click", press);
  return button;
}

function addTiles(map, { tegels, bronvermelding }) {
  map.options.withoutTiles = !tegels;
  if (!tegels) return;
  const layer = L.tileLayer(tegels, { maxZoom: MAX_ZOOM });
  let some = false;
  layer.on("tileload", () => {
    some = true;
    map.options.withoutTiles = false;
  });
  // No sign of a broken image: the calm ground and the borders remain, in view.
  layer.on("tileerror", ({ tile }) => {
    tile.hidden = true;
    if (some || map.options.withoutTiles) return;
    map.options.withoutTiles = true;
    if (map.getZoom() > OUTLINE_ZOOM) map.setZoom(OUTLINE_ZOOM, { animate: false });
  });
  layer.addTo(map);
  giveCredit(map, bronvermelding);
}

/** The wheel scrolls the page, until somebody is at work in the map or holds Ctrl. */
function leaveWheelToPage(map) {
  const element = map.getContainer();
  const choose = (event) => {
    const wanted = event.ctrlKey || element.contains(document.activeElement);
    map.scrollWheelZoom[wanted ? "enable" : "disable"]();
  };
  element.addEventListener("wheel", choose, { capture: true, passive: true });
}

/** One finger scrolls the page, two move the map; a mouse or pen drags it. */
function leaveFingerToPage(map, words) {
  const element = map.getContainer();
  const hint = create("p", "kaart-hint", words);
  let timer;
  hint.hidden = true;
  hint.setAttribute("aria-hidden", "true");
  element.append(hint);
  const choose = (event) => {
    map.dragging[event.pointerType === "touch" ? "disable" : "enable"]();
  };
  element.addEventListener("pointerdown", choose, { capture: true });
  const tell = (event) => {
    hint.hidden = event.touches.length !== 1 || event.target.closest(".leaflet-marker-draggable") !== null;
    clearTimeout(timer);
    timer = setTimeout(() => {
      hint.hidden = true;
    }, HINT_MS);
  };
  element.addEventListener("touchmove", tell, { passive: true });
}
