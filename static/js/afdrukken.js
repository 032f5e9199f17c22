// Shows the buttons that print the page; without script the browser's own menu does it.

for (const button of document.querySelectorAll("[data-afdrukken]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
