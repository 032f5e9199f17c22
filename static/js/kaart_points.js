// What is where: the server gathers what lies close together; this shows it and asks anew when the map moves.

import { toLatLng } from "./kaart_frame.js";
import { create, fill } from "./words.js";

const ZOOMS_IN = 2; // as many zooms as a cluster gathers, so that it falls apart
const POINT_SIZE = 28;
const CLUSTER_SIZES = [30, 36, 42]; // pixels for 2, 10 and 100 and more
const SPREAD = 36; // pixels between two markers, so that a finger can tell them apart
const PRESS_KEYS = ["Enter", " "];

/** Shows the points at the map's `data-bron`. */
export function followPoints(map, status) {
  const element = map.getContainer();
  const { dataset } = element;
  const source = new URL(dataset.bron, window.location.href);
  const layer = L.layerGroup().addTo(map);
  const markers = new Map();
  let asking = new AbortController();
  let opened = null; // the last popup and its marker

  async function refresh() {
    asking.abort();
    asking = new AbortController();
    try {
      const response = await fetch(address(source, map), { signal: asking.signal });
      if (!response.ok) throw new Error(response.statusText);
      const { features } = await response.json();
      show(gather(map, features));
      tell(countText(map, features, dataset), false);
    } catch (error) {
      if (error.name !== "AbortError") tell(dataset.tekstFout, true);
    }
  }

  function tell(text, isError) {
    status.textContent = text;
    status.classList.toggle("kaart-legend--fout", isError);
  }

  /** Changes only what is different: an open popup and the focus stay where they are. */
  function show(features) {
    const found = new Map(features.map((feature) => [keyOf(feature), feature]));
    const hadFocus = element.contains(document.activeElement);
    for (const [key, marker] of markers) {
      if (found.has(key) || (marker === opened?.marker && opened.popup.isOpen())) continue;
      layer.removeLayer(marker);
      markers.delete(key);
    }
    for (const [key, feature] of found) {
      if (!markers.has(key)) markers.set(key, addMarker(feature));
    }
    if (hadFocus && !element.contains(document.activeElement)) element.focus({ preventScroll: true });
    map.fire("punten");
  }

  function addMarker({ geometry, properties }) {
    const isCluster = properties.aantal > 1;
    const place = toLatLng(geometry.coordinates);
    const name = isCluster
      ? fill(dataset.tekstCluster, properties.aantal)
      : `${properties.members[0].categorie_tekst}, ${properties.members[0].status_tekst.toLowerCase()}`;
    const marker = L.marker(place, {
      icon: isCluster ? clusterIcon(properties.aantal) : pointIcon(),
      keyboard: false, // Leaflet knows only Enter, and gives no name
    }).addTo(layer);
    const press = () => {
      if (isCluster && map.getZoom() < map.getMaxZoom()) {
        map.setView(place, Math.min(map.getZoom() + ZOOMS_IN, map.getMaxZoom()));
      } else {
        const content = create("div", "");
        if (properties.members) content.append(...properties.members.map((member) => pointWords(member, source, dataset)));
        else content.append(clusterWords(properties, dataset));
        opened = { marker, popup: openPopup(map, marker, name, content) };
      }
    };
    makeButton(marker.getElement(), name, press);
    marker.on("click", press);
    return marker;
  }

  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !opened?.popup.isOpen()) return;
    event.stopPropagation();
    map.closePopup();
  });
  map.on("moveend", refresh);
  return refresh();
}

function address(source, map) {
  const url = new URL(source);
  const bounds = map.getBounds();
  const edges = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  url.searchParams.set("bbox", edges.map((edge) => edge.toFixed(5)).join());
  url.searchParams.set("zoom", Math.round(map.getZoom()));
  return url;
}

/**
 * Puts together what would lie over each other on the screen. Of a group `members` holds every melding, unless the
 * server gathered some of them itself.
 */
function gather(map, features) {
  const groups = [];
  const weight = ({ properties }) => properties.aantal ?? 1;
  for (const feature of [...features].sort((a, b) => weight(b) - weight(a))) {
    const { geometry, properties } = feature;
    const spot = map.latLngToLayerPoint(toLatLng(geometry.coordinates));
    const members = properties.nummer ? [properties] : null;
    const near = groups.find((group) => group.spot.distanceTo(spot) < SPREAD);
    if (near) {
      near.properties.aantal += weight(feature);
      near.properties.members &&= members && [...near.properties.members, ...members];
    } else {
      groups.push({ spot, geometry, properties: { aantal: weight(feature), members } });
    }
  }
  return groups;
}

function keyOf({ geometry, properties }) {
  return `${properties.aantal}@${geometry.coordinates}`;
}

/** How many are in sight; the answer covers a little more than the map shows. */
function countText(map, features, { tekstGeen, tekstEen, tekstAantal }) {
  const inSight = ({ geometry }) => map.getBounds().contains(toLatLng(geometry.coordinates));
  const number = features.filter(inSight).reduce((sum, { properties }) => sum + (properties.aantal ?? 1), 0);
  return fill({ 0: tekstGeen, 1: tekstEen }[number] ?? tekstAantal, number);
}

function clusterIcon(number) {
  const size = CLUSTER_SIZES[(number >= 10) + (number >= 100)];
  return L.divIcon({ className: "kaart-cluster", html: number.toLocaleString("nl"), iconSize: [size, size] });
}

function pointIcon() {
  return L.divIcon({ className: "kaart-punt", iconSize: [POINT_SIZE, POINT_SIZE] });
}

function makeButton(icon, name, press) {
  icon.setAttribute("role", "button");
  icon.setAttribute("aria-label", name);
  icon.tabIndex = 0;
  icon.addEventListener("keydown", (event) => {
    if (!PRESS_KEYS.includes(event.key)) return;
    event.preventDefault();
    press();
  });
}

/** One melding: what it is, how it stands, and the way to its page, which lies beside the address of the map. */
function pointWords({ nummer, categorie_tekst: categorie, status, status_tekst: statusText }, source, { tekstBekijk }) {
  const content = create("div", "kaart-melding");
  const line = create("p", "");
  line.append(create("span", `status status--${status}`, statusText));
  content.append(create("strong", "", categorie), line, link(new URL(`${nummer}/`, source), tekstBekijk));
  return content;
}

/** More than one at a spot where the map can't go deeper. */
function clusterWords({ aantal }, { tekstPlek, tekstLijst, lijst }) {
  const content = create("div", "");
  content.append(create("strong", "", fill(tekstPlek, aantal)));
  if (lijst) content.append(link(lijst, tekstLijst));
  return content;
}

function link(address, text) {
  const element = create("a", "", text);
  element.href = address;
  return element;
}

/** A small dialog at `marker`, called `name`; when it closes, the focus goes back to the marker. */
function openPopup(map, marker, name, content) {
  const close = create("button", "kaart-sluiten", "×");
  close.type = "button";
  close.setAttribute("aria-label", map.getContainer().dataset.tekstSluiten);
  close.addEventListener("click", () => map.closePopup());
  content.append(close);
  const popup = L.popup({ closeButton: false, closeOnEscapeKey: false, maxWidth: 280, offset: [0, -8] });
  popup.setLatLng(marker.getLatLng()).setContent(content).openOn(map);
  popup.once("remove", () => marker.getElement()?.focus({ preventScroll: true }));
  popup.getElement().setAttribute("role", "dialog");
  popup.getElement().setAttribute("aria-label", name);
  content.querySelector("a, button").focus({ preventScroll: true });
  return popup;
}
