// Starts every map of a page. Without Leaflet the words that point to the list stay.

import { addAreas } from "./kaart_areas.js";
import { createMap } from "./kaart_frame.js";
import { followPoints } from "./kaart_points.js";
import { addPin } from "./kaart_pin.js";

function start(element) {
  const { dataset } = element;
  const map = createMap(element);
  if (dataset.grenzen) addAreas(map, dataset.grenzen, { nadruk: dataset.nadruk });
  if (dataset.punt) addPin(map, dataset.punt.split(",").map(Number), { name: dataset.tekstSpeld });
  if (dataset.bron) followPoints(map, element.parentElement.querySelector("[role='status']"));
}

if (window.L) document.querySelectorAll("[data-kaart]").forEach(start);
