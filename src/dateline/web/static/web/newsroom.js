// Says when there is something new, and lets the reader decide when to see it.
const bar = document.querySelector("[data-stream]");
if (bar && "EventSource" in window) {
  let count = 0;
  const source = new EventSource(bar.dataset.stream);
  const tell = () => {
    count += 1;
    bar.textContent = bar.dataset.text.replace("%", String(count));
    bar.hidden = false;
  };
  for (const signal of ["release", "correction", "update", "withdrawal", "translation"]) {
    source.addEventListener(signal, tell);
  }
  bar.addEventListener("click", () => location.reload());
}
