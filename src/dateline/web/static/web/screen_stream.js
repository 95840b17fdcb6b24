// The stream as a screen needs it: it comes back by itself from the last seq, says how it is, and shows nothing twice.
// A browser's EventSource reconnects by itself after a break, but gives up for good when it is refused; then we reopen.

const SIGNALS = ["release", "correction", "update", "translation", "withdrawal", "advisory", "test", "erasure"];
const SILENCE = 40_000; // The edge's heartbeat comes every fifteen seconds.
const LONGEST_WAIT = 30_000;

export class Stream {
  // `address(after)` gives the URL, or a promise of it; `on` has frame, gap, state and refused.
  constructor(address, after, on) {
    Object.assign(this, { address, on, last: after, source: null, wait: 1000, timer: 0, heard: 0, seen: new Set() });
    addEventListener("online", () => this.open());
    addEventListener("offline", () => this.state("offline"));
    addEventListener("pagehide", () => this.close());
    addEventListener("pageshow", (event) => event.persisted && this.open());
    setInterval(() => this.watch(), 1000);
  }

  state(name, seconds = 0) {
    this.name = name;
    this.on.state(name, seconds);
  }

  // From now on with another filter: what is shown is the caller's to clear.
  restart(after) {
    this.seen.clear();
    this.last = after;
    this.wait = 1000;
    this.open();
  }

  close() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  async open() {
    this.close();
    if (!navigator.onLine) return this.state("offline");
    this.state("connecting");
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const url = await this.address(this.last);
    // Another filter was chosen while the ticket was on its way.
    if (turn !== this.turn) return undefined;
    const source = (this.source = new EventSource(url));
    this.heard = Date.now();
    source.onopen = () => {
      this.wait = 1000;
      this.heard = Date.now();
      this.state("live");
    };
    source.onerror = () => (source.readyState === EventSource.CLOSED ? this.refused(url) : this.later());
    for (const signal of SIGNALS) source.addEventListener(signal, (event) => this.frame(signal, event));
    source.addEventListener("gap", (event) => {
      this.heard = Date.now();
      this.on.gap(JSON.parse(event.data));
    });
    source.addEventListener("heartbeat", (event) => {
      this.heard = Date.now();
      this.last = Math.max(this.last, Number(event.lastEventId));
    });
    source.addEventListener("expired", () => this.open());
    source.addEventListener("closing", () => this.later());
    return undefined;
  }

  frame(signal, event) {
    const data = JSON.parse(event.data);
    this.heard = Date.now();
    this.last = Math.max(this.last, Number(event.lastEventId) || data.seq);
    if (this.seen.has(data.seq)) return;
    this.seen.add(data.seq);
    this.on.frame({ signal, ...data });
  }

  // Why it was refused says the same address as a poll that does not wait.
  async refused(url) {
    try {
      const answer = await fetch(`${url}&wait=0`);
      if (answer.status === 400) {
        this.close();
        return this.on.refused(await answer.json());
      }
    } catch {
      // Nobody is there; that is what the state says.
    }
    return this.later();
  }

  later() {
    this.close();
    const wait = Math.round(this.wait * (0.5 + Math.random()));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    this.state(navigator.onLine ? "again" : "offline", Math.ceil(wait / 1000));
    this.timer = setTimeout(() => this.open(), wait);
  }

  // A connection that is half open says nothing at all, not even that it lives.
  watch() {
    if (this.source && this.name === "live" && Date.now() - this.heard > SILENCE) this.open();
  }
}
