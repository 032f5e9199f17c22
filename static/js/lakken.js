// Blacking out with the pointer: words that are selected, rectangles that are drawn. Without scripts people take the
// words out themselves, and write the rectangles as numbers.

const MARK = "[weggelakt]";
const WORD = /[\p{L}\p{N}_]/u;
const SMALLEST = 0.5; // percent

/** Replaces the selected words, each as a whole: the server takes no half ones. */
function blackOutWords(area, buttons, original) {
  buttons.hidden = false;
  buttons.querySelector("[data-lakken-selectie]").addEventListener("click", () => {
    let { selectionStart: start, selectionEnd: end, value } = area;
    if (start === end) return area.focus();
    while (start > 0 && WORD.test(value[start]) && WORD.test(value[start - 1])) start -= 1;
    while (end < value.length && WORD.test(value[end - 1]) && WORD.test(value[end])) end += 1;
    const selected = value.slice(start, end);
    const before = selected.match(/^\s*/)[0];
    const after = selected.trim() ? selected.match(/\s*$/)[0] : "";
    if (!selected.trim()) return area.focus();
    area.setRangeText(before + MARK + after, start, end, "end");
    area.focus();
  });
  buttons.querySelector("[data-lakken-terug]").addEventListener("click", () => {
    area.value = original;
    area.focus();
  });
}

/** Shows the rectangles that stand in the field as numbers, and writes those that are drawn there. */
function blackOutParts(area, photo, buttons) {
  const frame = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  frame.setAttribute("viewBox", "0 0 100 100");
  frame.setAttribute("preserveAspectRatio", "none");
  frame.setAttribute("aria-hidden", "true");
  photo.append(frame);
  buttons.hidden = false;
  document.querySelector("[data-lakken-uitleg]").hidden = false;

  const lines = () => area.value.split("\n").filter((line) => line.trim());
  const draw = (numbers) => {
    const rect = document.createElementNS(frame.namespaceURI, "rect");
    ["x", "y", "width", "height"].forEach((name, index) => rect.setAttribute(name, Math.max(0, numbers[index])));
    frame.append(rect);
  };
  const show = (extra) => {
    frame.replaceChildren();
    for (const line of lines()) {
      const numbers = line.trim().split(/[;\s]+/).map((text) => Number(text.replace(",", ".")));
      if (numbers.length === 4 && numbers.every(Number.isFinite)) draw(numbers);
    }
    if (extra) draw(extra);
  };
  const place = (event) => {
    const box = frame.getBoundingClientRect();
    const percent = (value, size) => Math.min(100, Math.max(0, (value / size) * 100));
    return [percent(event.clientX - box.left, box.width), percent(event.clientY - box.top, box.height)];
  };
  const between = ([x, y], [otherX, otherY]) => {
    // Rounded down at the left and at the top, so that nothing ends beyond the photo.
    const [left, top] = [Math.min(x, otherX), Math.min(y, otherY)].map((number) => Math.floor(number * 10) / 10);
    const [right, bottom] = [Math.max(x, otherX), Math.max(y, otherY)].map((number) => Math.ceil(number * 10) / 10);
    return [left, top, right - left, bottom - top].map((number) => Math.round(number * 10) / 10);
  };

  let start = null;
  frame.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    start = place(event);
    frame.setPointerCapture(event.pointerId);
  });
  frame.addEventListener("pointermove", (event) => {
    if (start) show(between(start, place(event)));
  });
  frame.addEventListener("pointerup", (event) => {
    if (!start) return;
    const drawn = between(start, place(event));
    start = null;
    if (drawn[2] >= SMALLEST && drawn[3] >= SMALLEST) {
      area.value = [...lines(), drawn.map((number) => String(number).replace(".", ",")).join(" ")].join("\n");
    }
    show();
  });
  frame.addEventListener("pointercancel", () => {
    start = null;
    show();
  });
  buttons.querySelector("[data-lakken-laatste]").addEventListener("click", () => {
    area.value = lines().slice(0, -1).join("\n");
    show();
  });
  area.addEventListener("input", () => show());
  show();
}

const buttons = document.querySelector("[data-lakken-knoppen]");
const words = document.querySelector("[data-lakken-tekst]");
const photo = document.querySelector("[data-lakken-foto]");
if (words && buttons) blackOutWords(words, buttons, words.dataset.origineel);
if (photo && buttons) blackOutParts(document.querySelector("[data-lakken-vlakken]"), photo, buttons);
