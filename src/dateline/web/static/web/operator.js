// Asks each second what is owed, as long as somebody looks, and plots what it saw. The page also works without it.

const now = document.getElementById("now");
const late = document.getElementById("late");
const plot = document.getElementById("plot");
// Five minutes, as wide as the plot.
const MOST = 300;
const HEIGHT = 60;
const seen = { owed: [], rate: [] };

async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch(now.dataset.from);
    // Who is signed out is led elsewhere.
    const fresh = answer.ok && !answer.redirected;
    if (fresh) show(await answer.text());
    now.toggleAttribute("data-stale", !fresh);
  } catch {
    now.toggleAttribute("data-stale", true);
  }
}

// Who works by keyboard keeps his place: the new button takes the focus of the old one.
function show(text) {
  const held = now.contains(document.activeElement) ? document.activeElement.id : "";
  now.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
  if (held) document.getElementById(held)?.focus({ preventScroll: true });
  keep(now.firstElementChild.dataset);
}

function keep({ owed, rate, late: isLate }) {
  // An alert is read out when it appears, and not each second.
  late.hidden = isLate === undefined;
  seen.owed.push(Number(owed));
  seen.rate.push(Number(rate));
  for (const [name, values] of Object.entries(seen)) draw(name, values.slice(-MOST));
  plot.hidden = seen.owed.length < 2;
}

function draw(name, values) {
  const most = Math.max(1, ...values);
  const points = values.map((value, at) => `${MOST - values.length + at},${HEIGHT - 2 - (value / most) * (HEIGHT - 4)}`);
  document.getElementById(name).setAttribute("points", points.join(" "));
  seen[name] = values;
}

async function keepLooking() {
  await look();
  setTimeout(keepLooking, 1000);
}

keep(now.firstElementChild.dataset);
setTimeout(keepLooking, 1000);
document.addEventListener("visibilitychange", look);
