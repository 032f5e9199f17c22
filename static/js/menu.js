// The menu of who is signed in closes as menus do: with Escape, and when the reader goes elsewhere.

function closeLikeAMenu(details) {
  details.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !details.open) return;
    details.open = false;
    details.querySelector("summary").focus();
  });
  // Without a next element the window lost the focus, not the menu.
  details.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !details.contains(relatedTarget)) details.open = false;
  });
  document.addEventListener("click", ({ target }) => {
    if (!details.contains(target)) details.open = false;
  });
}

document.querySelectorAll(".account").forEach(closeLikeAMenu);
