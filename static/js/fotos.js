// Shows the photos that are chosen, adds to them, takes them out, and says at once what the server would refuse.

import { create, fill } from "./words.js";

/** What phones of Apple make: most browsers can't show it, the server can. */
function isHeic({ name, type }) {
  return /hei[cf]$/i.test(type || name);
}

function followFotos(box) {
  const { dataset } = box;
  const input = box.querySelector("input[type='file']");
  const list = box.querySelector("[data-fotos-gekozen]");
  const refusals = box.querySelector("[role='alert']");
  const status = box.querySelector("[role='status']");
  const crossings = [...box.querySelectorAll("input[type='checkbox']")]; // photos of an earlier try, kept unless crossed
  const types = input.accept.split(",");
  let chosen = [];

  /** The sentence for a file that won't do. A type that the browser does not know is for the server to judge. */
  function refusal(file) {
    if (file.size === 0 || (file.type && !types.includes(file.type))) return dataset.tekstType;
    return file.size > Number(input.dataset.maxBytes) ? dataset.tekstGroot : "";
  }

  function add(files) {
    const isNew = (file) => !chosen.some((other) => other.name === file.name && other.size === file.size);
    const sentences = [];
    for (const file of files.filter(isNew)) {
      const sentence = refusal(file);
      if (sentence) sentences.push(`${file.name}: ${sentence}`);
      else chosen.push(file);
    }
    const kept = crossings.filter((crossing) => !crossing.checked).length;
    const room = Math.max(0, Number(input.dataset.maxAantal) - kept);
    if (chosen.length > room) {
      sentences.push(dataset.tekstTeVeel);
      chosen = chosen.slice(0, room);
    }
    refusals.replaceChildren(...sentences.map((sentence) => create("p", "field-error", sentence)));
    show();
  }

  /** Makes the field hold what is chosen, and draws it. */
  function show() {
    const transfer = new DataTransfer();
    for (const file of chosen) transfer.items.add(file);
    input.files = transfer.files;
    list.replaceChildren(...chosen.map(row));
    status.textContent = fill([dataset.tekstGeen, dataset.tekstEen][chosen.length] ?? dataset.tekstAantal, chosen.length);
  }

  /** Takes out a file of a kind that every browser draws, and this one could not. */
  function refuse(file) {
    chosen = chosen.filter((other) => other !== file);
    refusals.append(create("p", "field-error", `${file.name}: ${dataset.tekstType}`));
    show();
  }

  function row(file) {
    const item = create("li", "");
    const image = create("img", "");
    const address = URL.createObjectURL(file);
    image.alt = "";
    image.addEventListener("load", () => URL.revokeObjectURL(address));
    image.addEventListener("error", () => {
      if (isHeic(file)) image.replaceWith(create("span", "foto-onbekend", dataset.tekstZonderBeeld));
      else refuse(file);
    });
    image.src = address;
    const button = create("button", "button button--secondary", dataset.tekstWeg);
    button.type = "button";
    button.append(create("span", "visually-hidden", ` ${file.name}`));
    button.addEventListener("click", () => {
      const position = chosen.indexOf(file);
      chosen = chosen.filter((other) => other !== file);
      refusals.replaceChildren();
      show();
      (list.querySelectorAll("button")[position] ?? list.querySelector("li:last-child button") ?? input).focus();
    });
    item.append(image, create("p", "foto-naam", file.name), button);
    return item;
  }

  input.addEventListener("change", () => add([...input.files]));
  if (input.files.length) add([...input.files]); // given back by the browser
}

document.querySelectorAll("[data-fotos]").forEach(followFotos);
