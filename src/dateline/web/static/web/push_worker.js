// Shows what the wire pushes, in the direction and language of the story, and does what is tapped on it.
// A notice of the same story takes the place of the one before it (`tag`): a correction corrects the screen.
const KEPT = "push";

function show(told) {
  return self.registration.showNotification(told.headline, {
    body: told.wire,
    lang: told.lang,
    dir: told.dir,
    tag: told.tag,
    renotify: true,
    requireInteraction: told.urgent,
    actions: told.actions.slice(0, Notification.maxActions ?? 2),
    icon: "/static/web/push-icon.png",
    badge: "/static/web/push-badge.png",
    data: { url: told.url, act: told.act, guid: told.guid, seq: told.seq, signal: told.signal },
  });
}

// The address of taps, for the day when the subscription changes and no notice is at hand.
async function keep(act) {
  await (await caches.open(KEPT)).put("/push-act", new Response(act));
}

async function kept() {
  const answer = await (await caches.open(KEPT)).match("/push-act");
  return answer?.text();
}

const post = (to, fields) => fetch(to, { method: "POST", body: new URLSearchParams(fields), credentials: "omit" });

async function open(url) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = windows.find((each) => each.url === url);
  return there ? there.focus() : self.clients.openWindow(url);
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const told = event.data.json();
  event.waitUntil(Promise.all([show(told), keep(told.act)]));
});

self.addEventListener("notificationclick", (event) => {
  const { url, act, guid } = event.notification.data;
  event.notification.close();
  const tapped = event.action === "mute" || event.action === "pause";
  event.waitUntil(tapped ? post(act, { act: event.action, guid }) : open(url));
});

async function move(old, fresh) {
  const act = await kept();
  if (!act || !(fresh || old)) return;
  const { endpoint, keys } = (fresh ?? await self.registration.pushManager.subscribe(old.options)).toJSON();
  await post(act, { act: "move", address: endpoint, ...keys });
}

self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(move(event.oldSubscription, event.newSubscription));
});
