// The rules as fields and as one line, each writing the other; and what they would have sent, as one types.

const form = document.querySelector("[data-would]");
const line = form.elements.query;
const fields = document.querySelector("[name$='-everything']").form;
const [caret, count, hits] = ["caret", "count", "hits"].map((id) => document.getElementById(id));
let waiting;
let asked;

async function look(body, writes) {
  asked?.abort();
  asked = new AbortController();
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  try {
    const answer = await fetch(form.dataset.would, { method: "POST", body, signal: asked.signal });
    show(await answer.json(), writes);
  } catch (broken) {
    if (broken.name !== "AbortError") count.textContent = "";
  }
}

// A fault of the line has its column: the caret stands under it.
function show({ faults, said, query, releases }, writes) {
  caret.hidden = !faults;
  hits.replaceChildren();
  count.textContent = said ?? "";
  if (faults) {
    caret.textContent = faults.map(({ what, where, mend }) => `${under(where)}${what} ${mend}`).join("\n");
    return;
  }
  if (writes) line.value = query;
  for (const { headline, lang, source, released_at } of releases.slice(0, 10)) {
    const item = document.createElement("li");
    const text = document.createElement("bdi");
    text.lang = lang;
    text.textContent = headline;
    const [whose, day] = ["bdi", "time"].map((name) => document.createElement(name));
    whose.textContent = source;
    day.textContent = released_at.slice(0, 10);
    item.append(text, " · ", whose, " · ", day);
    hits.append(item);
  }
}

function under(where) {
  const column = Number(/^query:(\d+)$/.exec(where)?.[1]);
  if (!column) return "";
  const text = line.value.replace(/\s/g, " ");
  const start = Math.max(0, column - 40);
  return `${text.slice(start, column + 40)}\n${" ".repeat(column - 1 - start)}^\n`;
}

function soon(act) {
  clearTimeout(waiting);
  waiting = setTimeout(act, 400);
}

line.addEventListener("input", () => soon(() => look(new FormData(form), false)));
fields.addEventListener("input", () => soon(() => look(new FormData(fields), true)));
if (line.value) look(new FormData(form), false);
