// Shows beside the melding form what was reported nearby already, as soon as place and category are known.

function watch(box) {
  const form = box.closest("form");
  const status = box.parentElement.querySelector("[data-nabij-status]");
  const { lat, lon, categorie } = form.elements;
  let asking = new AbortController();
  let asked = "";

  /** Asks for the place and category that the form holds now; without an answer nothing is shown, and one reports as ever. */
  async function look() {
    const query = new URLSearchParams({ lat: lat.value, lon: lon.value, categorie: categorie.value }).toString();
    if (query === asked) return;
    asked = query;
    asking.abort();
    asking = new AbortController();
    const known = lat.value && lon.value && categorie.value;
    let html = "";
    try {
      const response = known && (await fetch(`${box.dataset.nabij}?${query}`, { signal: asking.signal }));
      if (response?.ok) html = await response.text();
    } catch (error) {
      if (error.name === "AbortError") return;
    }
    // Made by our own templates, which escape what people wrote.
    box.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    // Read out is only that there is something: the list itself is for who goes there.
    status.textContent = box.querySelector("[data-gevonden]")?.dataset.gevonden ?? "";
  }

  categorie.addEventListener("change", look);
  form.addEventListener("plek", look);
  window.addEventListener("pageshow", look);
  form.querySelectorAll("[data-zonder-script]").forEach((element) => {
    element.hidden = true;
  });
}

document.querySelectorAll("[data-nabij]").forEach(watch);
