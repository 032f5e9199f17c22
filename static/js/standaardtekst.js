// Puts a standard text into the explanation as soon as it is chosen, and offers those that fit the chosen status.
// Without scripts a button does it.

function follow(select) {
  const { form } = select;
  const area = form.elements.toelichting;
  let last = "";

  const putIn = () => {
    const text = select.selectedOptions[0]?.dataset.tekst ?? "";
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
  };

  for (const button of form.querySelectorAll("[data-zet-in]")) button.hidden = true;
  select.addEventListener("change", putIn);
  form.addEventListener("change", offer);
  window.addEventListener("pageshow", offer);
  offer();
}

document.querySelectorAll("select[name=standaardtekst]").forEach(follow);
