// A list of any length of which only what is in view is in the document. Every row is as high as the others.

const SPARE = 8; // Rows above and below what is in view.

export class List {
  // `draw(item, node)` fills a row; `on` has chosen(item) and away(count): rows that came in above what is in view.
  constructor(box, spacer, draw, on) {
    Object.assign(this, { box, spacer, draw, on, items: [], nodes: new Map(), chosen: -1, fresh: 0, planned: false });
    box.addEventListener("scroll", () => this.plan());
    new ResizeObserver(() => this.plan()).observe(box);
    box.addEventListener("click", (event) => {
      const node = event.target.closest("[data-index]");
      if (node) this.choose(Number(node.dataset.index), true);
    });
  }

  get row() {
    return parseFloat(getComputedStyle(this.box).getPropertyValue("--row")) || 34;
  }

  set(items) {
    this.items = items;
    this.chosen = -1;
    this.fresh = 0;
    this.box.scrollTop = 0;
    this.on.away(0);
    this.again();
  }

  // New rows at the top. Whoever has scrolled down keeps the lines that he reads where they are.
  add(items) {
    if (!items.length) return;
    this.items = [...items, ...this.items];
    if (this.chosen >= 0) this.chosen += items.length;
    if (this.box.scrollTop > this.row / 2) {
      this.spacer.style.blockSize = `${this.items.length * this.row}px`;
      this.box.scrollTop += items.length * this.row;
      this.fresh += items.length;
      this.on.away(this.fresh);
    }
    this.again();
  }

  top() {
    this.box.scrollTop = 0;
    this.plan();
  }

  // What is drawn may have changed.
  again() {
    for (const node of this.nodes.values()) node.remove();
    this.nodes.clear();
    this.plan();
  }

  plan() {
    if (this.planned) return;
    this.planned = true;
    requestAnimationFrame(() => {
      this.planned = false;
      this.show();
    });
  }

  show() {
    const { row, box } = this;
    if (box.scrollTop <= row / 2 && this.fresh) {
      this.fresh = 0;
      this.on.away(0);
    }
    this.spacer.style.blockSize = `${this.items.length * row}px`;
    const first = Math.max(0, Math.floor(box.scrollTop / row) - SPARE);
    const last = Math.min(this.items.length, Math.ceil((box.scrollTop + box.clientHeight) / row) + SPARE);
    for (const [index, node] of this.nodes) {
      if (index < first || index >= last) {
        node.remove();
        this.nodes.delete(index);
      }
    }
    for (let index = first; index < last; index += 1) if (!this.nodes.has(index)) this.put(index, row);
    this.mark();
  }

  put(index, row) {
    const node = document.createElement("div");
    node.className = "row";
    node.id = `row-${index}`;
    node.dataset.index = index;
    node.setAttribute("role", "option");
    node.setAttribute("aria-setsize", this.items.length);
    node.setAttribute("aria-posinset", index + 1);
    node.style.transform = `translateY(${index * row}px)`;
    this.draw(this.items[index], node);
    this.nodes.set(index, node);
    this.spacer.append(node);
  }

  mark() {
    for (const [index, node] of this.nodes) node.setAttribute("aria-selected", String(index === this.chosen));
    if (this.nodes.has(this.chosen)) this.box.setAttribute("aria-activedescendant", `row-${this.chosen}`);
    else this.box.removeAttribute("aria-activedescendant");
  }

  choose(index, opens) {
    if (!this.items.length) return;
    this.chosen = Math.max(0, Math.min(this.items.length - 1, index));
    const { row, box } = this;
    if (this.chosen * row < box.scrollTop) box.scrollTop = this.chosen * row;
    if ((this.chosen + 1) * row > box.scrollTop + box.clientHeight) box.scrollTop = (this.chosen + 1) * row - box.clientHeight;
    this.plan();
    this.mark();
    if (opens) this.on.chosen(this.items[this.chosen]);
  }
}
