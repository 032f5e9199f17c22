// The pin that says where it is: put on a map, moved by mouse, finger or keys, found by an address or one's own place.
//
// The hidden fields `lat` and `lon` hold the truth, so that the server, the back button and this page agree.

import { addAreas, areaAt, moved } from "./kaart_areas.js";
import { createMap, lookAt } from "./kaart_frame.js";
import { addPin } from "./kaart_pin.js";
import { fill } from "./words.js";

const DECIMALS = 6; // about 10 cm
const STEP_METRES = 10;
const STEPS = { ArrowUp: [1, 0], ArrowDown: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }; // north, east
const STREETS_ZOOM = 15; // further away nobody can point at a spot
const CLOSE_ZOOM = 17; // houses can be told apart
const PAUSE_MS = 400;
const LOCATE = { enableHighAccuracy: true, timeout: 10_000 };
const ROUGH_METRES = 100;

function startPin(box) {
  const { dataset } = box;
  const form = box.closest("form");
  const field = box.closest(".field");
  const { lat, lon, adres } = form.elements;
  const status = box.querySelector("[role='status']");
  const removeButton = box.querySelector("[data-speld-weg]");
  const middleButton = box.querySelector("[data-speld-midden]");
  const withoutPin = form.querySelector("[data-zonder-speld]");
  const overview = form.querySelector("[data-speld-overzicht]");

  box.hidden = false;
  const map = createMap(box.querySelector("[data-speld-kaart]"));
  const small = overview && createMap(overview, { still: true });
  let areas = [];
  let pin = null;
  let smallPin = null;
  let drawn = ""; // what the fields said when the pin was last put
  let known = null; // the address at the pin, once it is looked up
  let ourText = null; // what we wrote into the address field; what people type is theirs
  let fromAddress = false; // whether the pin was put by choosing an address
  let remark = "";
  let timer;
  let asking = new AbortController();

  const place = () => {
    const numbers = [lat.value, lon.value].map(Number.parseFloat);
    return numbers.every(Number.isFinite) ? numbers : null;
  };
  const isOutside = (latLng) => areas.length > 0 && !areaAt(areas, latLng);
  const tell = (text) => {
    status.textContent = text.trim();
  };

  /** Puts the pin at [latitude, longitude]; `address` is what is there, if that is known already. */
  function put(latLng, { address = null, close = false, note = "" } = {}) {
    [lat.value, lon.value] = latLng.map((degrees) => degrees.toFixed(DECIMALS));
    fromAddress = address !== null;
    remark = note;
    draw({ close: close && !isOutside(latLng) });
    clearTimeout(timer);
    asking.abort();
    known = address;
    if (isOutside(latLng) || address) describe();
    if (!address) timer = setTimeout(lookUp, PAUSE_MS);
  }

  function remove() {
    lat.value = lon.value = "";
    fromAddress = false;
    known = null;
    remark = "";
    clearTimeout(timer);
    asking.abort();
    if (adres.value === ourText) adres.value = "";
    draw();
    describe();
  }

  /** Shows what the fields say. */
  function draw({ close = false } = {}) {
    const latLng = place();
    drawn = lat.value + lon.value;
    removeButton.hidden = !latLng;
    withoutPin.hidden = Boolean(latLng);
    if (overview) overview.hidden = !latLng;
    if (!latLng) {
      pin?.remove();
      smallPin?.remove();
      pin = smallPin = null;
      return;
    }
    pin = pin?.setLatLng(latLng) ?? movablePin(latLng);
    if (!small) return;
    smallPin = smallPin?.setLatLng(latLng) ?? addPin(small, latLng, { name: dataset.tekstSpeld });
    lookAt(small, latLng, CLOSE_ZOOM);
    if (close) lookAt(map, latLng, Math.max(map.getZoom(), CLOSE_ZOOM));
    else map.panInside(latLng, { padding: [48, 48] });
  }

  function movablePin(latLng) {
    const marker = addPin(map, latLng, { draggable: true, name: dataset.tekstSpeldBedienen });
    const element = marker.getElement();
    element.setAttribute("role", "application"); // a screen reader hands on the arrow keys
    element.tabIndex = 0;
    element.addEventListener("keydown", (event) => {
      if (!STEPS[event.key]) return;
      event.preventDefault();
      put(moved(place(), STEPS[event.key], STEP_METRES));
    });
    marker.on("dragend", () => putAt(marker.getLatLng()));
    return marker;
  }

  /** Where somebody points; from far away that is only about right. */
  function putAt({ lat: latitude, lng: longitude }) {
    const far = map.getZoom() < STREETS_ZOOM;
    put([latitude, longitude], { close: far, note: far ? dataset.tekstOngeveer : "" });
  }

  /** Says where the pin is, or why that won't do. */
  function describe() {
    const latLng = place();
    const outside = latLng !== null && isOutside(latLng);
    const wijk = latLng && areaAt(areas, latLng)?.properties.naam;
    const words = outside ? "" : [known?.straat || known?.label, wijk].filter(Boolean).join(", ");
    field.dataset.buiten = outside ? whoHelps() : "";
    status.classList.toggle("text-fout", outside);
    form.dataset.plek = words;
    form.dispatchEvent(new Event("plek"));
    if (!latLng) tell(dataset.tekstGeen);
    else if (outside) tell(field.dataset.buiten);
    else tell(`${words ? fill(dataset.tekstPlek, words) : dataset.tekstGezet} ${remark}`);
  }

  /** Who does help with a place outside: its own municipality, by name once it is looked up. */
  function whoHelps() {
    const isElsewhere = known?.gemeente && known.gemeente !== dataset.gemeente;
    return isElsewhere ? fill(dataset.tekstBuitenIn, known.gemeente) : dataset.tekstBuiten;
  }

  /** Asks which address is at the pin; without an answer the pin is good enough. */
  async function lookUp() {
    asking = new AbortController();
    try {
      const url = new URL(dataset.adres, window.location.href);
      url.search = new URLSearchParams({ lat: lat.value, lon: lon.value });
      const response = await fetch(url, { signal: asking.signal });
      if (response.ok) [known = null] = (await response.json()).adressen;
    } catch (error) {
      if (error.name === "AbortError") return;
    }
    if (known && !isOutside(place()) && ["", ourText, known.label].includes(adres.value)) adres.value = ourText = known.label;
    describe();
  }

  function locate() {
    tell(dataset.tekstZoekt);
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude, accuracy } }) => {
        if (isOutside([latitude, longitude])) tell(dataset.tekstNietHier);
        else put([latitude, longitude], { close: true, note: accuracy > ROUGH_METRES ? dataset.tekstOngeveer : "" });
      },
      (error) => tell(error.code === error.PERMISSION_DENIED ? dataset.tekstGeweigerd : dataset.tekstOnvindbaar),
      LOCATE,
    );
  }

  /** At the start, and when the browser gave the fields back what they held before. */
  function restore() {
    if (drawn === lat.value + lon.value) return;
    draw({ close: true });
    if (place()) lookUp();
  }

  map.on("click", ({ latlng }) => putAt(latlng));
  middleButton.addEventListener("click", () => {
    putAt(map.getCenter());
    pin.getElement().focus({ preventScroll: true });
  });
  removeButton.addEventListener("click", () => {
    remove();
    middleButton.focus();
  });
  box.querySelector("[data-speld-hier]").addEventListener("click", locate);
  form.addEventListener("adres", ({ detail }) => {
    ourText = detail.label;
    if (detail.straat) {
      // Of a whole street it is the middle.
      put([detail.lat, detail.lon], { address: detail, close: true, note: detail.postcode ? "" : dataset.tekstOngeveer });
    } else {
      // A village is no spot; but now it can be pointed at.
      lookAt(map, [detail.lat, detail.lon], STREETS_ZOOM);
      tell(dataset.tekstWijsAan);
    }
  });
  adres.addEventListener("input", () => {
    // Another address than the one that put the pin: the server looks it up.
    if (fromAddress) remove();
  });
  if (small) addAreas(small, dataset.grenzen, { links: false });
  addAreas(map, dataset.grenzen, { links: false }).then((found) => {
    areas = found;
    describe();
  });
  tell(dataset.tekstGeen);
  restore();
  window.addEventListener("pageshow", restore);
}

if (window.L) document.querySelectorAll("[data-speld]").forEach(startPin);
