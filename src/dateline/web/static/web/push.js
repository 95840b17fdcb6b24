// The button that asks for notices in this browser. Without it the page says that there are none.
const form = document.getElementById("push");
const said = document.getElementById("push-said");
const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

async function subscribe() {
  if (await Notification.requestPermission() !== "granted") return form.dataset.denied;
  await navigator.serviceWorker.register("/push-worker.js");
  const { pushManager } = await navigator.serviceWorker.ready;
  const wanted = { userVisibleOnly: true, applicationServerKey: form.dataset.key };
  const { endpoint, keys } = (await pushManager.subscribe(wanted)).toJSON();
  const body = new FormData(form);
  for (const [name, value] of Object.entries({ address: endpoint, ...keys })) body.set(name, value);
  const answer = await fetch(form.dataset.to, { method: "POST", body });
  const { act, faults } = await answer.json();
  if (faults) return faults.map(({ what, mend }) => `${what} ${mend}`).join(" ");
  // The worker moves with this when the browser's maker changes the address.
  await (await caches.open("push")).put("/push-act", new Response(act));
  location.reload();
  return "";
}

form.hidden = !able;
said.textContent = able ? "" : said.textContent;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    said.textContent = await subscribe();
  } catch (broken) {
    // The browser's own words: it knows why it cannot.
    said.textContent = broken.message;
  }
});
