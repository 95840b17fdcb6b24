// The live preview, the sector finder, and Ctrl+S. Every page works without them.
const form = document.querySelector("form[data-preview]");
const sheet = document.getElementById("preview");

if (form && sheet) {
  let timer = 0;
  let last = 0;
  const show = async () => {
    const turn = ++last;
    const body = new FormData(form);
    const focused = document.activeElement?.closest("fieldset")?.querySelector("[name$=-lang]");
    if (focused?.value) body.set("show", focused.value);
    const answer = await fetch(form.dataset.preview, { method: "POST", body });
    // A slow answer must not replace a newer one.
    if (answer.ok && turn === last) sheet.innerHTML = await answer.text();
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, 300);
  });
  show();
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      form.querySelector("button[value=save]")?.click();
    }
  });
}

for (const box of document.querySelectorAll("[data-filter]")) {
  const choices = document.getElementById(box.dataset.filter);
  box.addEventListener("input", () => {
    const wanted = box.value.trim().toLocaleLowerCase();
    for (const choice of choices.children) {
      choice.hidden = !choice.textContent.toLocaleLowerCase().includes(wanted);
    }
  });
  box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}
