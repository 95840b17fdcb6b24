// Says when there is something new, and lets the reader decide when to see it. Without it the page is whole.
const bar = document.querySelector("[data-stream]");
if (bar && "EventSource" in window) {
  const seen = new Set();
  let last = "";
  const tell = (event) => {
    last = event.lastEventId;
    seen.add(last);
    bar.textContent = `${bar.dataset.text} ${seen.size.toLocaleString(document.documentElement.lang)}`;
    bar.hidden = false;
  };
  const open = () => {
    const source = new EventSource(last ? bar.dataset.stream.replace(/after=\d+/, `after=${last}`) : bar.dataset.stream);
    // A browser gives up for good when it is refused; an edge that was full may not be so in a while.
    source.onerror = () => source.readyState === EventSource.CLOSED && setTimeout(open, 5000 + Math.random() * 20000);
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
