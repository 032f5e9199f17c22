// Puts a standard text into the explanation as soon as it is chosen, and offers those that fit the chosen status.
// Without scripts a button does it.

function follow(select) {
  const { form } = select;
  const area = form.elements.toelichting;
  const chosenText = () => select.selectedOptions[0]?.dataset.tekst ?? "";
  // A form that comes back with an error has it in already.
  let last = chosenText();

  const putIn = () => {
    const text = chosenText();
    // What was put in before and left as it was makes room; what somebody typed stays.
    const typed = last && area.value.endsWith(last) ? area.value.slice(0, -last.length).trimEnd() : area.value.trimEnd();
    area.value = [typed, text].filter(Boolean).join("\n");
    last = text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const offer = () => {
    const chosen = form.elements.status?.value;
    for (const option of select.options) {
      const statuses = option.dataset.statussen;
      option.hidden = option.disabled = Boolean(chosen && statuses && !statuses.split(" ").includes(chosen));
    }
    // What was put in for another status must not be sent with this one.
    if (select.selectedOptions[0]?.disabled) {
      select.value = "";
      putIn();
    }
  };

  for (const button of form.querySelectorAll("[data-zet-in]")) button.hidden = true;
  select.addEventListener("change", putIn);
  form.addEventListener("change", offer);
  window.addEventListener("pageshow", offer);
  offer();
}

document.querySelectorAll("select[name=standaardtekst]").forEach(follow);
