// Says when there is something new, and lets the reader decide when to see it. Without it the page is whole.
const bar = document.querySelector("[data-stream]");
if (bar && "EventSource" in window) {
  const seen = new Set();
  const tell = (event) => {
    seen.add(event.lastEventId);
    bar.textContent = `${bar.dataset.text} ${seen.size.toLocaleString(document.documentElement.lang)}`;
    bar.hidden = false;
  };
  const open = () => {
    const source = new EventSource(bar.dataset.stream);
    for (const signal of ["release", "correction", "update", "withdrawal", "translation", "advisory"]) {
      source.addEventListener(signal, tell);
    }
    // A page that is kept for "back" must not hold a connection.
    addEventListener("pagehide", () => source.close(), { once: true });
  };
  open();
  addEventListener("pageshow", (event) => event.persisted && open());
  bar.addEventListener("click", () => location.reload());
}
