// Suggests addresses below a field while somebody types. Without it, or without an answer, it is a plain field.

import { create, fill } from "./words.js";

const MIN_LENGTH = 3;
const PAUSE_MS = 250;

/**
 * Makes the field in `box` a combobox (ARIA 1.2, with a listbox). What is chosen is written into it and announced by an
 * event `adres` whose detail is the address; with `data-adressen-verstuur` its form is sent at once.
 */
function suggestAddresses(box) {
  const { dataset } = box;
  const input = box.querySelector("input:not([type='hidden'])");
  const list = create("ul", "suggestions");
  const status = create("p", "visually-hidden");
  const outage = create("p", "suggestions-out");
  let found = [];
  let current = -1;
  let asking = new AbortController();
  let timer;

  list.id = `${input.id}_adressen`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", dataset.tekstLijst);
  status.setAttribute("role", "status");
  outage.setAttribute("role", "status");
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  input.autocomplete = "off";
  const frame = create("div", "suggestions-frame");
  input.replaceWith(frame);
  frame.append(input, list, status, outage);

  async function ask() {
    const text = input.value.trim();
    asking = new AbortController();
    try {
      const url = new URL(dataset.adressen, window.location.href);
      url.searchParams.set("q", text);
      const response = await fetch(url, { signal: asking.signal });
      outage.textContent = response.status === 503 ? dataset.tekstStoring : "";
      if (!response.ok) return;
      show((await response.json()).adressen);
    } catch {
      // A newer question, or no connection: nothing to suggest.
    }
  }

  function show(adressen) {
    found = adressen;
    const options = found.map(({ label }, index) => {
      const option = create("li", "suggestion", label);
      option.id = `${list.id}_${index}`;
      option.setAttribute("role", "option");
      option.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays in the field
      option.addEventListener("click", () => choose(index));
      return option;
    });
    list.replaceChildren(...options);
    open(found.length > 0);
    const text = { 0: dataset.tekstGeen, 1: dataset.tekstEen }[found.length] ?? dataset.tekstAantal;
    status.textContent = fill(text, found.length);
  }

  function open(isOpen) {
    list.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
    mark(-1);
  }

  function mark(index) {
    current = index;
    [...list.children].forEach((option, position) => option.setAttribute("aria-selected", String(position === index)));
    if (index < 0) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    input.setAttribute("aria-activedescendant", list.children[index].id);
    list.children[index].scrollIntoView({ block: "nearest" });
  }

  function choose(index) {
    input.value = found[index].label;
    stop();
    status.textContent = "";
    input.dispatchEvent(new CustomEvent("adres", { bubbles: true, detail: found[index] }));
    if ("adressenVerstuur" in dataset) input.form.requestSubmit();
  }

  function stop() {
    clearTimeout(timer);
    asking.abort();
    open(false);
  }

  /** Up and down go round, by way of the field itself. */
  function move(step) {
    const places = found.length + 1;
    mark(((current + 1 + step + places) % places) - 1);
  }

  input.addEventListener("input", () => {
    stop();
    status.textContent = "";
    if (input.value.trim().length >= MIN_LENGTH) timer = setTimeout(ask, PAUSE_MS);
  });
  input.addEventListener("blur", stop);
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const actions = {
      ArrowDown: () => move(1),
      ArrowUp: () => move(-1),
      Escape: stop,
      ...(current >= 0 && { Enter: () => choose(current) }),
    };
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  });
}

document.querySelectorAll("[data-adressen]").forEach(suggestAddresses);
