// Keys for who walks through a long list, only while the focus is in it (WCAG 2.1.4). Everything works without them.

import { fill } from "./words.js";

function follow(list) {
  const rows = [...list.querySelectorAll("tbody tr")];
  const bulk = document.getElementById("samen");
  const help = document.querySelector("[data-toetsen]");
  const helpButton = document.querySelector("[data-toetsen-uitleg]");
  const search = document.querySelector("main [type='search']");
  const count = bulk.querySelector("[data-gekozen]");

  const boxOf = (row) => row.querySelector("[type='checkbox']");
  const linkOf = (row) => row.querySelector("a");
  const current = () => document.activeElement.closest?.("tbody tr");

  function tell() {
    const number = rows.filter((row) => boxOf(row).checked).length;
    const { geen, een, meer } = count.dataset;
    count.textContent = fill({ 0: geen, 1: een }[number] ?? meer, number);
    rows.forEach((row) => row.classList.toggle("table-row--chosen", boxOf(row).checked));
    bulk.classList.toggle("bulk--some", number > 0);
  }

  /** The row that is `step` further; from outside the rows, the first one. */
  function move(step) {
    const here = rows.indexOf(current());
    const next = here < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, here + step));
    linkOf(rows[next]).focus({ focusVisible: true });
  }

  const actions = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    o: () => current() && linkOf(current()).click(),
    x: () => current() && boxOf(current()).click(),
    s: () => bulk.querySelector("button").focus({ focusVisible: true }),
    "/": () => search.focus(),
    "?": () => help.showModal(),
  };
  actions.j = actions.ArrowDown;
  actions.k = actions.ArrowUp;

  list.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !(event.key in actions)) return;
    event.preventDefault();
    actions[event.key]();
  });
  list.addEventListener("change", tell);
  bulk.addEventListener("click", (event) => {
    const all = event.target.closest("[data-kies]");
    if (!all) return;
    event.preventDefault();
    const some = rows.some((row) => !boxOf(row).checked);
    rows.forEach((row) => {
      boxOf(row).checked = all.dataset.kies === "alles" && some;
    });
    tell();
  });
  // Who comes back to a kept page finds what was chosen.
  window.addEventListener("pageshow", tell);
  helpButton.hidden = false;
  help.querySelector("[data-toetsen-sluiten]").addEventListener("click", () => help.close());
  helpButton.addEventListener("click", () => help.showModal());
  tell();
}

document.querySelectorAll("[data-werklijst]").forEach(follow);
