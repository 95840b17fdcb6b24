// The live screen: what comes by the stream, in a list, with filters, an alarm, and a pane to read in.

import { List } from "./screen_list.js";
import { Stream } from "./screen_stream.js";

const setup = JSON.parse(document.getElementById("screen-setup").textContent);
const at = (id) => document.getElementById(id);
const said = (name, values = {}) => (setup.words[name] ?? name).replace(/\{(\w+)\}/g, (_, key) => values[key]);
const clock = new Intl.DateTimeFormat(setup.lang, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const KEPT = 20_000;
const STORE = "dateline.screen";

// --- filters: in the address, so that they can be shared; and kept for the next time

const filters = at("filters");
const own = filters.querySelector("[data-own]");
let ticket = "";

function read() {
  const form = new FormData(filters);
  const countries = (form.get("country").toUpperCase().match(/[A-Z]{2}/g) ?? []).join(" ");
  return {
    lang: form.getAll("lang"),
    sector: form.getAll("sector"),
    country: countries,
    urgency: form.get("urgency"),
    words: form.get("words").trim(),
    find: form.get("find").trim(),
  };
}

function fill(values) {
  for (const name of ["lang", "sector"]) {
    const wanted = new Set(values.getAll(name));
    for (const box of filters.querySelectorAll(`[name=${name}]`)) box.checked = wanted.has(box.value);
  }
  for (const name of ["country", "urgency", "words", "find"]) filters.elements[name].value = values.get(name) ?? "";
}

function keep() {
  const kept = new URLSearchParams();
  for (const [name, value] of Object.entries(read())) for (const each of [value].flat()) if (each) kept.append(name, each);
  const text = kept.toString();
  history.replaceState(null, "", text ? `?${text}` : location.pathname);
  localStorage.setItem(STORE, JSON.stringify({ filters: text, alarm: at("alarm").value }));
  for (const many of filters.querySelectorAll(".many")) {
    many.querySelector("b").textContent = many.querySelectorAll(":checked").length || "";
  }
}

function query({ lang, sector, country, urgency, words }) {
  const any = (name, values) => (values.length ? [values.length > 1 ? `(${values.map((each) => `${name}:${each}`).join(" OR ")})` : `${name}:${values[0]}`] : []);
  const parts = [
    ...any("sector", sector),
    ...any("country", country ? country.split(" ") : []),
    ...(urgency ? [`urgency:<=${urgency}`] : []),
    ...(words ? [`(${words})`] : []),
  ];
  const asked = new URLSearchParams();
  if (lang.length) asked.set("lang", lang.join(","));
  if (parts.length) asked.set("q", parts.join(" AND "));
  return asked;
}

// --- the list

const items = []; // Newest first, as they came; the search hides some.
const stories = new Map(); // A story's lines, so that what takes it back marks them all.
let held = []; // What came while it was paused.
let paused = false;
let unseen = 0;

function cell(name, text, title = "") {
  const node = document.createElement("span");
  node.className = name;
  node.textContent = text;
  if (title) node.title = title;
  return node;
}

function draw(item, node) {
  node.classList.add(item.signal);
  node.classList.toggle("gone", item.gone);
  node.classList.toggle("stale", item.stale);
  const released = new Date(item.released_at);
  const when = document.createElement("time");
  when.dateTime = item.released_at;
  when.textContent = clock.format(released);
  when.title = `${item.released_at.replace("T", " ").replace("Z", "")} UTC`;
  const urgency = cell("urgency", item.urgency ?? "", said("urgency", { n: item.urgency ?? "–" }));
  urgency.dataset.urgency = item.urgency ?? "";
  const source = cell("source", item.source, item.source);
  source.dir = "auto";
  const headline = cell("headline", item.gone ? said("withdrawn") : item.headline, item.gone ? "" : item.headline);
  if (!item.gone) {
    headline.lang = item.lang;
    headline.dir = setup.directions[item.lang] ?? "auto";
  }
  const named = item.sectors.map((code) => setup.sectors[code]).filter(Boolean);
  node.append(
    when,
    urgency,
    source,
    headline,
    cell("topics", named.join(" · "), named.join(", ")),
    cell("signal", item.signal === "release" ? "" : said(item.signal)),
    cell("lang", item.lang),
  );
}

const list = new List(at("rows"), at("spacer"), draw, {
  chosen: open,
  away: (count) => {
    at("pill").hidden = !count;
    at("pill").textContent = said("new", { n: count.toLocaleString(setup.lang) });
  },
});

function fits(item) {
  const find = at("search").value.trim().toLocaleLowerCase();
  return !find || `${item.headline} ${item.source} ${item.slugline}`.toLocaleLowerCase().includes(find);
}

function empty() {
  at("empty").hidden = list.items.length > 0;
  at("empty").textContent = said(items.length ? "no_row" : "nothing");
}

let planned = false;
let coming = [];

// Rows are put in together, as often as the screen is drawn.
function take(item) {
  if (paused) {
    held.push(item);
    return tell();
  }
  coming.unshift(item);
  if (planned) return undefined;
  planned = true;
  setTimeout(() => {
    planned = false;
    items.unshift(...coming);
    if (items.length > KEPT) items.length = KEPT;
    list.add(coming.filter(fits));
    coming = [];
    empty();
  }, 50);
  return undefined;
}

function came(item) {
  const before = stories.get(item.guid) ?? [];
  const takes = item.signal === "withdrawal" || item.signal === "erasure";
  for (const older of before) {
    if (takes) older.gone = true;
    else if (older.lang === item.lang && item.signal !== "translation") older.stale = true;
  }
  item.gone = takes || item.headline === "";
  item.stale = false;
  stories.set(item.guid, [...before, item]);
  if (before.length) list.again();
  take(item);
  alarm(item);
  if (document.hidden) {
    unseen += 1;
    document.title = `(${unseen}) ${title}`;
  }
  const seconds = (Date.now() - new Date(item.released_at)) / 1000;
  if (seconds > -5 && seconds < 60) at("late").textContent = said("late", { n: Math.max(0, seconds).toFixed(2) });
}

// --- reading

let shown = 0;

async function open(item) {
  const turn = (shown += 1);
  const path = new URL(item.url).pathname;
  const text = at("text");
  at("reader").classList.add("open");
  at("close").hidden = false;
  try {
    const answer = await fetch(path, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const article = page.querySelector("article") ?? page.querySelector("main");
    if (turn !== shown) return;
    article.lang = page.documentElement.lang;
    article.dir = page.documentElement.dir;
    const link = document.createElement("a");
    link.href = path;
    link.textContent = path;
    link.dir = "ltr";
    link.className = "quiet";
    text.replaceChildren(document.adoptNode(article), link);
    at("reader").scrollTop = 0;
  } catch {
    if (turn === shown) text.textContent = said("unread");
  }
}

function shut() {
  at("reader").classList.remove("open");
  at("close").hidden = true;
  at("rows").focus();
}

// --- the alarm

let audio;

function beep() {
  audio ??= new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = 880;
  volume.gain.setValueAtTime(0.15, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.35);
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.4);
}

function alarm(item) {
  const least = Number(at("alarm").value);
  const old = Date.now() - new Date(item.released_at) > 60_000;
  if (!least || !item.urgency || item.urgency > least || old) return;
  beep();
  at("urgent").textContent = `${item.source}: ${item.headline}`;
  if (document.hidden && window.Notification?.permission === "granted") {
    const notice = new Notification(item.source, { body: item.headline, lang: item.lang, tag: String(item.seq) });
    notice.onclick = () => {
      window.focus();
      open(item);
    };
  }
}

async function allow() {
  if (!at("alarm").value) return;
  beep();
  if (window.Notification?.permission === "default") await Notification.requestPermission();
  if (window.Notification?.permission === "denied") refuse(said("denied"));
}

// --- the stream

const title = document.title;

function tell(name = stream.name, seconds = 0) {
  document.querySelector(".state").dataset.state = paused ? "paused" : name;
  at("state").textContent = paused ? `${said("paused")} (${held.length})` : said(name, { n: seconds });
}

function refuse(text) {
  at("refusal").hidden = !text;
  at("refusal").textContent = text;
}

async function address(after) {
  const asked = query(read());
  asked.set("after", after);
  if (setup.ticket) {
    try {
      ticket = (await (await fetch(setup.ticket)).json()).ticket;
    } catch {
      // The pages are down; the last ticket may still be good.
    }
    if (ticket) asked.set("ticket", ticket);
  }
  return `${setup.stream}/wire?${asked}`;
}

const stream = new Stream(address, setup.after, {
  frame: came,
  state: tell,
  gap: ({ from, to, fetch: link }) => {
    at("gap").hidden = false;
    at("gap").firstElementChild.textContent = said("gap", { from, to });
    at("gap").lastElementChild.onclick = () => missed(from, to, link);
  },
  refused: (problem) => {
    document.querySelector(".state").dataset.state = "again";
    refuse((problem.errors ?? []).map((each) => [each.what, each.where && `(${each.where})`, each.mend].filter(Boolean).join(" ")).join(" "));
  },
});

// What can no longer be replayed by the stream is still in the log; filters are the stream's, so all of it is shown.
async function missed(from, to) {
  for (let after = from - 1; after < to; ) {
    const answer = await fetch(`${setup.fetch}?after=${after}&limit=200`);
    const { entries, next } = await answer.json();
    for (const { header, parts } of entries) if (header.seq <= to) came(framed(header, parts ?? {}));
    if (next <= after) break;
    after = next;
  }
  at("gap").hidden = true;
}

function framed(header, parts) {
  const langs = Object.keys(header.editions);
  const lang = read().lang.find((each) => langs.includes(each)) ?? (langs.includes(header.source_language) ? header.source_language : langs[0]);
  const { guid, seq, signal, slugline, sectors, urgency, released_at } = header;
  const headline = parts[`rendition/${lang}`]?.headline ?? "";
  const url = `${location.origin}/${lang}/${guid.split(":").pop()}`;
  return { guid, seq, signal, slugline, sectors, urgency, released_at, lang, headline, url, source: header.source.name };
}

function restart() {
  keep();
  refuse("");
  items.length = 0;
  held = [];
  stories.clear();
  list.set([]);
  empty();
  stream.restart(setup.after);
}

function pause() {
  paused = !paused;
  at("pause").setAttribute("aria-pressed", String(paused));
  at("pause").textContent = said(paused ? "go_on" : "pause");
  const late = held;
  held = [];
  if (!paused) late.forEach(take);
  tell();
}

// --- hands

let typing;
filters.addEventListener("submit", (event) => event.preventDefault());
filters.addEventListener("reset", () => setTimeout(() => {
  fill(new URLSearchParams());
  restart();
}));
filters.addEventListener("input", (event) => {
  if (event.target === at("alarm")) return keep();
  if (event.target === at("search")) {
    keep();
    list.set(items.filter(fits));
    return empty();
  }
  clearTimeout(typing);
  typing = setTimeout(restart, event.target.type === "text" ? 600 : 150);
  return undefined;
});
at("alarm").addEventListener("change", allow);
at("try").addEventListener("click", beep);
at("pause").addEventListener("click", pause);
at("pill").addEventListener("click", () => list.top());
at("close").addEventListener("click", shut);
at("keys").addEventListener("click", () => at("help").showModal());
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) {
    unseen = 0;
    document.title = title;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || at("help").open) return;
  const types = event.target.matches("input, select, textarea, summary");
  if (event.key === "Escape" && at("reader").classList.contains("open")) return shut();
  if (types) return;
  const acts = {
    j: () => list.choose(list.chosen + 1),
    ArrowDown: () => list.choose(list.chosen + 1),
    k: () => list.choose(list.chosen - 1),
    ArrowUp: () => list.choose(list.chosen - 1),
    Home: () => list.choose(0),
    End: () => list.choose(list.items.length - 1),
    Enter: () => list.chosen >= 0 && event.target === at("rows") && list.choose(list.chosen, true),
    "/": () => at("search").focus(),
    p: pause,
    m: mute,
    "?": () => at("help").showModal(),
  };
  const act = acts[event.key];
  if (!act || (event.key.startsWith("Arrow") && event.target !== at("rows") && event.target !== document.body)) return;
  event.preventDefault();
  act();
});

let alarmed = "4";

function mute() {
  if (at("alarm").value) alarmed = at("alarm").value;
  at("alarm").value = at("alarm").value ? "" : alarmed;
  keep();
}

setInterval(() => {
  const age = Math.round((Date.now() - stream.heard) / 1000);
  at("beat").textContent = stream.name === "live" && age > 3 ? `${age} s` : "";
}, 1000);

const known = JSON.parse(localStorage.getItem(STORE) ?? "{}");
fill(new URLSearchParams(location.search || known.filters || ""));
at("alarm").value = known.alarm ?? "";
if (!location.search && !known.filters && own) own.checked = true;
keep();
stream.open();
