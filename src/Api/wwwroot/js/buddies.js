import { el, setText } from "./dom.js";
import { avatarView } from "./cover/view.js";
import { count, listener, sentence } from "./format.js";
import { glide, mark } from "./motion.js";
import { addressOf, followInPage } from "./route.js";

export const BuddyCount = 12;

/** Listeners with a similar taste, nearest first; a row glides when its rank changes. Lists of the stream are numbered. */
export function createBuddies(root, { openListener }) {
  const list = el("ol", { class: "buddies", role: "list" });
  const empty = el("p", { class: "empty", hidden: true, text: "No buddies yet. They appear with the first listens." });
  root.append(list, empty);
  const rows = new Map();
  let shown = -1;

  function render({ buddies: all, sequence = shown }) {
    const buddies = all.slice(0, BuddyCount);
    shown = sequence;
    empty.hidden = buddies.length > 0;
    const isFirst = rows.size === 0;
    const [risen, fallen, joined] = [[], [], []];
    const nodes = buddies.map((buddy, rank) => {
      const row = rows.get(buddy.userId) ?? createRow(buddy.userId);
      rows.set(buddy.userId, row);
      const rise = row.update(buddy, rank);
      if (!isFirst && rise !== 0) (rise === null ? joined : rise > 0 ? risen : fallen).push(row.node);
      return row.node;
    });
    const kept = new Set(buddies.map((buddy) => buddy.userId));
    for (const id of rows.keys()) if (!kept.has(id)) rows.delete(id);
    glide([{ parent: list, wanted: nodes }]);
    mark(risen, "is-up");
    mark(fallen, "is-down");
    mark(joined, "is-fresh");
  }

  function createRow(userId) {
    const bar = el("span", { class: "bar-fill" });
    const similarity = el("span", { class: "buddy-similarity" });
    const shared = el("span", { class: "buddy-shared" });
    const shift = el("span", { class: "buddy-shift", "aria-hidden": "true" });
    const link = el("a", { class: "buddy", href: addressOf(userId), click: (event) => followInPage(event, () => openListener(userId)) },
      avatarView(userId),
      el("span", { class: "buddy-name", text: sentence(listener(userId)) }),
      similarity, shift, shared,
      el("span", { class: "bar", "aria-hidden": "true" }, bar));
    const node = el("li", {}, link);
    let lastRank = null;

    return {
      node,
      /** @returns {number | null} Ranks gained since last time; null for a new buddy. */
      update(buddy, rank) {
        setText(similarity, buddy.similarity.toFixed(2));
        setText(shared, `${count(buddy.sharedTracks)} in common`);
        bar.style.setProperty("--share", Math.max(0, Math.min(1, buddy.similarity)).toFixed(4));
        link.setAttribute("aria-label", `${listener(userId)}, taste match ${buddy.similarity.toFixed(2)}, ${buddy.sharedTracks} in common. Open this listener`);
        const rise = lastRank === null ? null : lastRank - rank;
        if (rise) setText(shift, `${rise > 0 ? "▲" : "▼"}${Math.abs(rise)}`);
        lastRank = rank;
        return rise;
      },
    };
  }

  return {
    render,
    /** The number of the list on screen; -1 for one that was asked for. */
    sequence: () => shown,
    clear() {
      shown = -1;
      rows.clear();
      list.replaceChildren();
      empty.hidden = true;
    },
  };
}
