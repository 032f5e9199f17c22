// Makes forms kinder. Everything works without it.

const RESEND_AFTER_MS = 5000;
const COUNT_AFTER_MS = 400;

/** Puts the reader at what went wrong, or else at what was done: what stands there at load is often not read out. */
function focusNews() {
  const news = document.querySelector("[data-error-summary] h2") ?? document.querySelector("[data-system-messages]");
  news?.focus();
}

/**
 * Lets a form be sent once within a few seconds. The button is not disabled: its name and value go along,
 * and it keeps the focus.
 */
function guardDoubleSubmit() {
  const sent = new Set();
  const release = (form, button, words) => {
    sent.delete(form);
    button?.removeAttribute("aria-disabled");
    if (button?.dataset.bezig) button.textContent = words;
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (sent.has(form)) {
      event.preventDefault();
      return;
    }
    const button = event.submitter;
    const words = button?.textContent;
    sent.add(form);
    button?.setAttribute("aria-disabled", "true");
    if (button?.dataset.bezig) button.textContent = button.dataset.bezig;
    setTimeout(release, RESEND_AFTER_MS, form, button, words);
    // Whoever comes back to a kept page may send again at once.
    window.addEventListener("pagehide", () => release(form, button, words), { once: true });
  });
}

/** Tells below a text area how many characters are left, after a pause in typing. */
function countCharacters(counter) {
  const area = document.getElementById(counter.dataset.teller);
  // The browser would cut off a pasted text unseen; the server says what is too long.
  const most = area.maxLength;
  area.removeAttribute("maxlength");
  const show = () => {
    const left = most - area.value.length;
    const text = left < 0 ? counter.dataset.over : counter.dataset.left;
    counter.textContent = text.replace("#", Math.abs(left).toLocaleString("nl"));
    counter.hidden = false;
  };
  let timer;
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, COUNT_AFTER_MS);
  });
  show();
}

focusNews();
guardDoubleSubmit();
document.querySelectorAll("[data-teller]").forEach(countCharacters);
