// Shows what belongs to one choice only with that choice. Without scripts all of it stands there, with the words when.

function follow(form) {
  const belongs = [...form.querySelectorAll("[data-alleen-bij]")];
  const show = () => {
    const chosen = form.elements.status.value;
    for (const control of belongs) {
      control.closest(".field").hidden = control.dataset.alleenBij !== chosen;
    }
  };
  form.addEventListener("change", show);
  window.addEventListener("pageshow", show);
  show();
}

new Set([...document.querySelectorAll("[data-alleen-bij]")].map((control) => control.form)).forEach(follow);
