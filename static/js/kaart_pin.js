// The pin of one place.

const SIZE = [32, 44];
const TIP = [16, 42]; // where it points, from its top left

/** Puts a pin at `place`, [latitude, longitude] in degrees. */
export function addPin(map, place, { name, draggable = false }) {
  const icon = L.divIcon({ className: "kaart-speld", iconAnchor: TIP, iconSize: SIZE });
  const marker = L.marker(place, { draggable, icon, interactive: draggable, keyboard: false }).addTo(map);
  const element = marker.getElement();
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", name);
  return marker;
}
