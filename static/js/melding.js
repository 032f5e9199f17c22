// One step of the form at a time. It stays one form that is sent once; without this all of it stands on the page.

import { create } from "./words.js";

function startSteps(form) {
  const sections = [...form.querySelectorAll("[data-stap]")];
  const bar = document.querySelector("[data-stappenbalk]");
  const errors = form.querySelector("[data-fouten]");
  const aside = form.querySelector("[data-plek]");
  const title = document.title;
  const map = form.querySelector("#speld");
  let current = 0;
  let refusedPin = form.elements.lat.value + form.elements.lon.value; // where the pin was when something was wrong
  let waiting = false;

  function show(number, { focus = true } = {}) {
    current = Math.min(Math.max(number, 0), sections.length - 1);
    sections.forEach((section, index) => {
      section.hidden = index !== current;
    });
    [...bar.children].forEach((item, index) => {
      item.classList.toggle("step--done", index < current);
      item.classList.toggle("step--current", index === current);
      item.toggleAttribute("aria-current", index === current);
      if (index === current) item.setAttribute("aria-current", "step");
      item.querySelector("[data-klaar]").hidden = index >= current;
    });
    showPlace();
    document.title = `${bar.children[current].dataset.naam} – ${title}`;
    if (!focus) return;
    bar.scrollIntoView();
    sections[current].querySelector("h2").focus({ preventScroll: true });
  }

  /** Beside the later steps: the place that was chosen, in words. */
  function showPlace() {
    const { adres, wijk, plek } = form.elements;
    const inWords = [plek.value.trim(), wijk.value && wijk.selectedOptions[0].text].filter(Boolean).join(", ");
    const words = form.dataset.plek || adres.value.trim() || inWords;
    aside.hidden = current === 0 || !words;
    aside.querySelector("[data-plek-woorden]").textContent = words;
  }

  /** Marks what is wrong in a step, and says whether all is well. What was marked before goes. */
  function check(section) {
    section.querySelectorAll(".field--error").forEach(unmark);
    return tell(problems(form, section));
  }

  function tell(found) {
    const { lat, lon } = form.elements;
    refusedPin = lat.value + lon.value;
    found.forEach(mark);
    showSummary(found);
    return found.length === 0;
  }

  /** A pin that was put in the right place meanwhile answers whatever was asked about the place. */
  function settle() {
    const { lat, lon } = form.elements;
    if (!lat.value || map.dataset.buiten || lat.value + lon.value === refusedPin) return;
    for (const error of map.closest("[data-stap]").querySelectorAll(".field-error")) {
      errors.querySelector(`a[href="#${error.id.replace(/_error$/, "")}"]`)?.closest("li").remove();
      unmark(error.closest(".field"));
    }
    if (!errors.querySelector("li")) errors.replaceChildren();
  }

  function showSummary(found) {
    errors.replaceChildren();
    if (found.length === 0) return;
    const summary = form.querySelector("[data-foutenlijst]").content.cloneNode(true);
    const heading = summary.querySelector("h2");
    heading.textContent = found.length === 1 ? heading.dataset.een : heading.dataset.meer;
    summary.querySelector("ul").append(
      ...found.map(({ control, sentence }) => {
        const link = create("a", "", sentence);
        link.href = `#${control.id}`;
        const item = create("li", "");
        item.append(link);
        return item;
      }),
    );
    errors.append(summary);
    heading.focus();
  }

  function go(number) {
    window.history.pushState({ step: number, from: current }, "");
    errors.replaceChildren();
    show(number);
  }

  async function next() {
    const section = sections[current];
    if (waiting || !check(section)) return;
    if (section.contains(form.elements.wijk) && leansOnAddress(form)) {
      waiting = true;
      const isOut = await addressesAreOut(form);
      waiting = false;
      if (isOut) {
        tell([{ control: form.elements.wijk, sentence: form.elements.wijk.dataset.foutStoring }]);
        return;
      }
    }
    go(current + 1);
  }

  function back() {
    if (window.history.state?.from === current - 1) window.history.back();
    else go(current - 1);
  }

  form.addEventListener("submit", (event) => {
    const isLast = current === sections.length - 1;
    const wrong = isLast ? sections.find((section) => problems(form, section).length > 0) : null;
    if (isLast && !wrong) return;
    event.preventDefault();
    if (!wrong) {
      next();
      return;
    }
    if (wrong !== sections[current]) go(sections.indexOf(wrong));
    check(wrong);
  });
  form.addEventListener("click", ({ target }) => {
    if (target.closest("[data-verder]")) next();
    else if (target.closest("[data-terug]")) back();
    else if (target.closest("[data-naar-plek]")) go(0);
  });
  // A line of the summary leads to its field, also in another step.
  errors.addEventListener("click", (event) => {
    const field = document.getElementById(event.target.hash?.slice(1));
    const section = field?.closest("[data-stap]");
    if (!section) return;
    event.preventDefault();
    if (section !== sections[current]) show(sections.indexOf(section), { focus: false });
    field.focus();
  });
  window.addEventListener("popstate", ({ state }) => {
    errors.replaceChildren();
    show(state?.step ?? 0);
  });
  form.addEventListener("plek", () => {
    showPlace(); // the pin got its words, after a look at the map
    settle();
  });
  window.addEventListener("pageshow", showPlace);
  window.addEventListener("pagehide", () => {
    window.history.replaceState({ ...window.history.state, values: typed(form) }, "");
  });

  form.classList.add("melding-form--steps");
  document.querySelector("[data-titel]").classList.add("visually-hidden"); // the step says what it asks
  bar.hidden = false;
  form.querySelectorAll("[data-verder], [data-terug]").forEach((button) => {
    button.hidden = false;
  });
  const wrong = sections.findIndex((section) => section.querySelector(".field--error"));
  const refused = errors.childElementCount > 0;
  if (!refused) fillIn(form, window.history.state?.values);
  const first = refused ? (wrong + sections.length) % sections.length : (window.history.state?.step ?? 0);
  window.history.replaceState({ ...window.history.state, step: first }, "");
  show(first, { focus: false });
}

/**
 * What stands in the form, to be kept with this visit to the page. Browsers bring back much of it themselves, but not
 * the pin, and nothing at all after the server found an error.
 */
function typed(form) {
  const data = new FormData(form);
  ["csrfmiddlewaretoken", "foto", "foto_weg"].forEach((name) => data.delete(name));
  return Object.fromEntries(data);
}

/** Puts back what was kept, under the same number, so that the same form sent again is still one melding. */
function fillIn(form, values = {}) {
  for (const [name, value] of Object.entries(values)) {
    const control = form.elements[name];
    if (!control) continue;
    control.value = value;
    control.dispatchEvent(new Event("input", { bubbles: true })); // the counter below a text counts again
  }
}

/** What the server would refuse in a step, as far as this page can tell, in the server's words. */
function problems(form, section) {
  const found = [];
  const note = (control, sentence = control.dataset.fout) => found.push({ control, sentence });
  if (section.contains(form.elements.adres)) {
    const { lat, adres, wijk, plek } = form.elements;
    const says = ({ value }) => value.trim() !== "";
    const map = section.querySelector("#speld");
    if (map.dataset.buiten) note(map, map.dataset.buiten);
    else if (wijk.value && !says(plek) && !says(adres) && !lat.value) note(plek);
    else if (!wijk.value && !says(adres) && !lat.value) note(says(plek) ? wijk : adres);
  }
  for (const control of section.querySelectorAll("[data-fout]")) {
    const { value, minLength, required, validity } = control;
    if ((required && value.trim().length < Math.max(1, minLength ?? 1)) || validity.typeMismatch) note(control);
  }
  return found;
}

/** Whether only a typed address says where it is: the server has to look it up. */
function leansOnAddress({ elements: { adres, lat, wijk } }) {
  return adres.value.trim() !== "" && !lat.value && !wijk.value;
}

/** Whether addresses can't be looked up now; of anything else that goes wrong the server tells when the form is sent. */
async function addressesAreOut(form) {
  try {
    const url = new URL(form.querySelector("[data-adressen]").dataset.adressen, window.location.href);
    url.searchParams.set("q", form.elements.adres.value.trim());
    return (await fetch(url)).status === 503;
  } catch {
    return false;
  }
}

/** The same marks as in the server's forms. */
function mark({ control, sentence }) {
  const error = create("p", "field-error", sentence);
  const field = control.closest(".field");
  error.id = `${control.id}_error`;
  field.classList.add("field--error");
  (document.getElementById(`${control.id}_helptext`) ?? field.querySelector("label")).after(error);
  if (control.matches("input, select, textarea")) control.setAttribute("aria-invalid", "true");
  control.setAttribute("aria-describedby", `${control.getAttribute("aria-describedby") ?? ""} ${error.id}`.trim());
}

function unmark(field) {
  const error = field.querySelector(".field-error");
  const control = error && document.getElementById(error.id.replace(/_error$/, ""));
  field.classList.remove("field--error");
  error?.remove();
  if (!control) return;
  control.removeAttribute("aria-invalid");
  const described = (control.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id !== error.id);
  control.setAttribute("aria-describedby", described.join(" "));
}

/** Says what to do first when what is chosen can be dangerous; the sentences stand in a list for who has no scripts. */
function warnOfDanger(select) {
  const warning = document.querySelector("[data-gevaar]");
  const warn = () => {
    const sentence = document.querySelector(`[data-gevaar-van="${CSS.escape(select.value)}"]`);
    const notice = create("p", "notice notice--let-op");
    if (sentence) notice.append(...sentence.cloneNode(true).childNodes);
    warning.replaceChildren(...(sentence ? [notice] : []));
  };
  select.addEventListener("change", warn);
  window.addEventListener("pageshow", warn);
}

document.querySelectorAll("[data-stappen]").forEach(startSteps);
document.querySelectorAll("[data-waarschuwt]").forEach(warnOfDanger);
