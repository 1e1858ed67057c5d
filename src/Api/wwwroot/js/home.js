import { el } from "./dom.js";
import { createCard } from "./card.js";
import { differenceOf } from "./difference.js";
import { glide, mark } from "./motion.js";
import { createShelf } from "./shelf.js";

/** Home on the screen: shelves of cards, each kept by its id from one page to the next. */
export function createHome(root, deps) {
  const shelves = new Map();
  const cards = new Map();
  let page = null;

  deps.marks.onChange(() => cards.forEach((card) => card.showMarks()));

  /**
   * @param {Object} next The page.
   * @param {{isOwn: boolean}} cause Whether the listener's own action is being answered.
   * @returns {{fresh: number, moved: number, gone: number, reworded: number} | null} Null for a listener's first page.
   */
  function render(next, { isOwn }) {
    const before = page;
    const focus = rememberFocus();
    page = next;
    root.setAttribute("aria-busy", "false");
    if (!next.shelves.some((shelf) => shelf.cards.length)) {
      renderEmpty();
      return before && { fresh: 0, moved: 0, gone: differenceOf(before, next).gone.size, reworded: 0 };
    }

    let reworded = 0;
    const shown = new Set();
    const rows = [];
    for (const shelf of next.shelves) {
      if (!shelf.cards.length) continue;
      const view = shelves.get(shelf.id) ?? createShelf(shelf.id);
      shelves.set(shelf.id, view);
      const nodes = shelf.cards.map((card) => {
        const known = cards.get(card.playlistId);
        const cardView = known ?? createCard(card, deps);
        if (known && known.update(card)) reworded++;
        cards.set(card.playlistId, cardView);
        shown.add(card.playlistId);
        return cardView.node;
      });
      rows.push({ view, title: shelf.title, nodes });
    }
    for (const { view, title } of rows) view.setTitle(title);
    glide([{ parent: root, wanted: rows.map(({ view }) => view.node) }, ...rows.map(({ view, nodes }) => ({ parent: view.list, wanted: nodes }))]);
    for (const { view } of rows) view.refresh();
    for (const id of cards.keys()) if (!shown.has(id)) cards.delete(id);
    const kept = new Set(next.shelves.map((shelf) => shelf.id));
    for (const id of shelves.keys()) if (!kept.has(id)) shelves.delete(id);
    focus.restore();

    if (!before) return null;
    const { fresh, moved, gone } = differenceOf(before, next);
    mark(Array.from(fresh, (id) => cards.get(id).node), "is-fresh");
    // What others set in motion glides without a mark: a page that keeps blinking is not calm.
    if (isOwn) mark(Array.from(moved, (id) => cards.get(id).node), "is-moved");
    return { fresh: fresh.size, moved: moved.size, gone: gone.size, reworded };
  }

  function renderEmpty() {
    shelves.clear();
    cards.clear();
    root.replaceChildren(el("p", { class: "empty", text: "Nothing to recommend yet. As soon as playlists are imported, Home fills by itself." }));
  }

  /** A card that is hidden takes its focused button with it: go on at the card that took its place. */
  function rememberFocus() {
    const focused = root.contains(document.activeElement) ? document.activeElement : null;
    const card = focused?.closest(".card");
    const list = card?.parentElement;
    const index = list ? [...list.children].indexOf(card) : -1;
    return {
      restore() {
        if (!focused || document.activeElement === focused) return;
        if (focused.isConnected) focused.focus({ preventScroll: true });
        else list?.isConnected && list.children[Math.min(index, list.children.length - 1)]?.querySelector("button")?.focus({ preventScroll: true });
      },
    };
  }

  function clear() {
    page = null;
    shelves.clear();
    cards.clear();
    root.setAttribute("aria-busy", "true");
    root.replaceChildren(...[0, 1, 2].map(() => el("div", { class: "skeleton", "aria-hidden": "true" },
      el("span", { class: "skeleton-title" }),
      el("div", { class: "skeleton-row" }, [0, 1, 2, 3, 4, 5].map(() => el("span", { class: "skeleton-card" }))))));
  }

  return { render, clear, sequence: () => page?.sequence ?? -1 };
}
