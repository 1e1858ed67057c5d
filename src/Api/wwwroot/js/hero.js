import { el, setHidden, setText } from "./dom.js";
import { avatarView } from "./cover/view.js";
import { listener, plural, sentence } from "./format.js";

/** Whose page this is, in one glance, and the truth about a listener nobody knows yet. */
export function createHero(root) {
  const avatar = el("div", { class: "hero-avatar" });
  const title = el("h1", { class: "hero-title", tabindex: "-1" });
  const facts = el("p", { class: "hero-facts" });
  const fresh = el("p", { class: "hero-new", hidden: true, text: "No history yet, so this page shows the playlists most people follow, and something of everything else. Play or like something, and it becomes this listener’s own." });
  root.replaceChildren(avatar, el("div", { class: "hero-text" }, title, facts, fresh));

  return {
    open(id) {
      avatar.replaceChildren(avatarView(id));
      setText(title, sentence(listener(id)));
      setText(facts, "\u00a0");
      setHidden(fresh, true);
      document.title = `${sentence(listener(id))} · Buddies`;
    },
    showTaste({ counts, followedPlaylists }) {
      const parts = [
        // Where items are artists both counts are the same number; said twice it would only confuse.
        counts.tracks !== counts.artists && plural(counts.tracks, "track"),
        counts.artists && plural(counts.artists, "artist"),
        counts.likes && plural(counts.likes, "like"),
        followedPlaylists.length && `${plural(followedPlaylists.length, "playlist")} followed`,
      ];
      setText(facts, parts.filter(Boolean).join(" · ") || "New here");
    },
    showSources(home) {
      const cards = home.shelves.flatMap((shelf) => shelf.cards);
      setHidden(fresh, !(cards.length && cards.every((card) => card.source === "popular" || card.source === "new")));
    },
    focus: () => title.focus({ preventScroll: true }),
  };
}
