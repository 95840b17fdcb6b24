// What the working pages do beside their forms: tabs, more rows, the live preview, findings that lead to their
// fields, countdowns, Ctrl+S. Every page works without it.
const lang = document.documentElement.lang;
const form = document.querySelector("form[data-preview]");

// One tab a language. Arrow keys go from one to the next, as in every tab list (WAI-ARIA, Tabs pattern).
const tabs = document.querySelector("[data-tabs]");
const panels = () => [...tabs.querySelectorAll("fieldset.rendition")];
const langOf = (panel) => panel.querySelector("[name$=-lang]").value.trim();
let bar;

function label(panel) {
  const tag = langOf(panel);
  const known = [...document.querySelectorAll("#tags option")].find((option) => option.value === tag);
  return known?.textContent || tag || "+";
}

function choose(panel, focus) {
  for (const [at, each] of panels().entries()) {
    each.hidden = each !== panel;
    const tab = bar.children[at];
    tab.setAttribute("aria-selected", String(each === panel));
    tab.tabIndex = each === panel ? 0 : -1;
    if (each === panel && focus) tab.focus();
  }
}

function drawTabs(shown) {
  bar.replaceChildren(...panels().map((panel, at) => {
    const tab = document.createElement("button");
    panel.id ||= `language-${at}`;
    Object.assign(tab, { type: "button", role: "tab", textContent: label(panel) });
    tab.setAttribute("aria-controls", panel.id);
    if ("blank" in panel.dataset) {
      tab.className = "add";
      tab.title = panel.querySelector("summary")?.textContent || panel.querySelector("legend").textContent;
      tab.setAttribute("aria-label", tab.title);
    } else {
      tab.lang = langOf(panel);
      tab.classList.toggle("source", panel.querySelector("[name=source_row]").checked);
    }
    tab.addEventListener("click", () => { if ("blank" in panel.dataset) added(panel); else { choose(panel); show(); } });
    return tab;
  }));
  choose(shown);
}

// The blank row is filled in, and a blank one with the next number takes its place.
function another(row) {
  const next = row.cloneNode(true);
  const number = Number(row.querySelector("[name$=-lang],[name$=-name]").name.split("-")[1]) + 1;
  next.removeAttribute("id");
  for (const field of next.querySelectorAll("[name]")) {
    field.name = field.name.replace(/-\d+-/, `-${number}-`);
    if (field.name === "source_row") { field.value = number; field.checked = false; }
  }
  delete row.dataset.blank;
  row.after(next);
  return next;
}

function added(panel) {
  another(panel);
  panel.querySelector("details.spare")?.setAttribute("open", "");
  drawTabs(panel);
  panel.querySelector("[name$=-lang]").focus();
}

if (tabs) {
  bar = document.createElement("div");
  bar.className = "tabs";
  bar.setAttribute("role", "tablist");
  bar.setAttribute("aria-label", tabs.dataset.label);
  tabs.prepend(bar);
  tabs.classList.add("tabbed");
  for (const panel of panels()) {
    panel.setAttribute("role", "tabpanel");
    if (panels().length === 1) delete panel.dataset.blank;
  }
  drawTabs(panels()[0]);
  bar.addEventListener("keydown", (event) => {
    const rtl = document.dir === "rtl" ? -1 : 1;
    const step = { ArrowRight: rtl, ArrowLeft: -rtl }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = panels();
    const at = [...bar.children].indexOf(document.activeElement);
    choose(all[(at + step + all.length) % all.length], true);
    show();
  });
  tabs.addEventListener("change", (event) => {
    if (!/-lang$|source_row/.test(event.target.name)) return;
    const panel = event.target.closest("fieldset");
    const option = [...document.querySelectorAll("#tags option")].find((each) => each.value === langOf(panel));
    for (const field of panel.querySelectorAll("textarea, [name$=-place]")) {
      field.lang = langOf(panel);
      if (option) field.dir = option.dataset.dir;
    }
    drawTabs(panel);
  });
}

for (const rows of document.querySelectorAll("[data-rows]")) {
  const blanks = () => rows.querySelectorAll("[data-blank]");
  const more = document.createElement("button");
  Object.assign(more, { type: "button", className: "more", textContent: rows.dataset.rows });
  rows.after(more);
  const tidy = () => { for (const each of blanks()) each.hidden = rows.children.length > 1; };
  tidy();
  more.addEventListener("click", () => {
    const row = [...blanks()].pop();
    another(row);
    row.hidden = false;
    tidy();
    row.querySelector("input").focus();
  });
}

// The preview, the findings and the minute, a moment after the last key. Nothing is stored by it.
let timer = 0;
let turn = 0;
async function show() {
  if (!form) return;
  const mine = ++turn;
  const body = new FormData(form);
  const open = tabs && panels().find((panel) => !panel.hidden);
  if (open && langOf(open)) body.set("show", langOf(open));
  let page;
  try {
    const answer = await fetch(form.dataset.preview, { method: "POST", body });
    page = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    page = null;
  }
  // A slow answer must not replace a newer one.
  if (mine !== turn) return;
  if (!page) { document.getElementById("preview").textContent = form.dataset.lost; return; }
  for (const piece of page.querySelectorAll("[data-into]")) {
    document.getElementById(piece.dataset.into)?.replaceChildren(...piece.childNodes);
  }
  const stops = "stops" in page.querySelector("[data-into=findings]").dataset;
  for (const button of document.querySelectorAll("[data-approves]")) button.disabled = stops;
  const why = document.getElementById("why");
  if (why) why.hidden = !stops;
  lead();
  count();
}

// A finding leads to the field that it is about.
function field(where) {
  const [name, row, part] = where.split("/").slice(1);
  const named = (text) => form.querySelector(`[name="${text}"]`) || document.querySelector(`[form][name="${text}"]`);
  if (name === "renditions") {
    const at = panels().findIndex((panel, number) => String(number) === row || langOf(panel) === row);
    return named(`r-${Math.max(at, 0)}-${(part || "headline").replace("_html", "")}`);
  }
  if (name === "contacts") return named(`c-${row || 0}-${part || "name"}`);
  if (name === "sectors") return form.querySelector("[data-filter=sectors]");
  if (name === "source_language") return panels()[0]?.querySelector("[name=source_row]");
  return named(name === "embargo" ? `embargo_${row}` : row || name);
}

function lead() {
  if (!form) return;
  for (const item of document.querySelectorAll("[data-where]")) {
    const target = item.dataset.where && field(item.dataset.where);
    if (!target || item.querySelector("button")) continue;
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "leads" });
    button.append(...item.childNodes);
    item.append(button);
    button.addEventListener("click", () => {
      const panel = target.closest("fieldset.rendition");
      if (panel) choose(panel);
      for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
      target.closest("[hidden]")?.removeAttribute("hidden");
      target.focus();
      target.scrollIntoView({ block: "center" });
    });
  }
}

// "in 3 hours", "2 minutes ago", in the page's language.
const steps = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const told = new Intl.RelativeTimeFormat(lang, { numeric: "always" });
function count() {
  for (const time of document.querySelectorAll("[data-until], [data-since]")) {
    const place = time.parentElement.querySelector("[data-counted]");
    if (!place) continue;
    const seconds = (new Date(time.dateTime) - Date.now()) / 1000;
    const [unit, size] = steps.find(([, length]) => Math.abs(seconds) >= length * 1.5) || steps.at(-1);
    place.textContent = told.format(Math.trunc(seconds / size), unit);
  }
}

if (form) {
  let typed = false;
  let sent = false;
  const later = () => {
    typed = true;
    clearTimeout(timer);
    timer = setTimeout(show, 300);
  };
  form.addEventListener("input", later);
  for (const outside of document.querySelectorAll(`[form="${form.id}"]`)) outside.addEventListener("input", later);
  form.addEventListener("submit", () => { sent = true; });
  addEventListener("beforeunload", (event) => { if (typed && !sent) event.preventDefault(); });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      form.querySelector("button[value=save]").click();
    }
  });
  lead();
}
count();
setInterval(count, 1000);

for (const box of document.querySelectorAll("[data-filter]")) {
  const choices = document.getElementById(box.dataset.filter);
  box.addEventListener("input", () => {
    const wanted = box.value.trim().toLocaleLowerCase(lang);
    for (const choice of choices.children) {
      choice.hidden = !choice.textContent.toLocaleLowerCase(lang).includes(wanted);
    }
  });
  box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  choices.addEventListener("change", () => {
    const chosen = [...choices.querySelectorAll(":checked")].map((each) => each.parentElement.textContent.trim());
    document.querySelector(`[data-count="${choices.id}"]`).textContent = chosen.length;
    document.querySelector(`[data-chosen="${choices.id}"]`).textContent = chosen.join(" · ");
  });
}
