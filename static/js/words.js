// Words of the page, put where they belong. They come from data- attributes, so that every text stands in a template.

/** A text with the number or the words in the place of its #. */
export function fill(text, value) {
  return text.replace("#", typeof value === "number" ? value.toLocaleString("nl") : value);
}

/** An element with a class and words in it. */
export function create(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}
