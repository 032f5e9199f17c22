// Shows what belongs to one choice only with that choice. Without scripts all of it stands there, with the words when.
// The choice is that of the field `status`, or of the one that `data-alleen-bij-veld` names.

function follow(form) {
  const belongs = [...form.querySelectorAll("[data-alleen-bij]")];
  const show = () => {
    for (const control of belongs) {
      const { alleenBij, alleenBijVeld = "status" } = control.dataset;
      control.closest(".field").hidden = form.elements[alleenBijVeld].value !== alleenBij;
    }
  };
  form.addEventListener("change", show);
  window.addEventListener("pageshow", show);
  show();
}

new Set([...document.querySelectorAll("[data-alleen-bij]")].map((control) => control.form)).forEach(follow);
