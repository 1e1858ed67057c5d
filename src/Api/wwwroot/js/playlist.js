import { api } from "./api.js";
import { iconButton, setPressed, textButton } from "./buttons.js";
import { coverView } from "./cover/view.js";
import { el, setHidden, setText } from "./dom.js";
import { hasOwnArtist, listener, plural, sentence } from "./format.js";
import { toggleMark } from "./marks.js";
import { remember } from "./names.js";
import { addressOf, followInPage } from "./route.js";
import { createTrackRow } from "./track.js";
import { createWhy } from "./why.js";

const RowsAtFirst = 100;

/**
 * A playlist's tracks, in a drawer beside Home: not modal on a wide screen, because the point is to see Home move
 * while playing. On a narrow one it covers the page, which is then inert.
 */
export function createPlaylistPanel(root, { marks, actions, notice, player, userId, openListener, covered }) {
  const narrow = matchMedia("(max-width: 760px)");
  let rows = [];
  let current = null;
  let opener = null;
  let loading = null;

  const title = el("h2", { class: "drawer-title", id: "playlist-title", tabindex: "-1" });
  const about = el("p", { class: "drawer-about" });
  const cover = el("div", { class: "drawer-cover" });
  const like = textButton("Like", () => toggle("liked"), { pressed: false, iconName: "heart", className: "pill" });
  const follow = textButton("Follow", () => toggle("followed"), { pressed: false, iconName: "plus", className: "pill" });
  const hide = textButton("Hide", () => toggle("hidden"), { pressed: false, iconName: "hide", className: "pill" });
  const why = createWhy({ userId });
  const list = el("ol", { class: "tracks", role: "list" });
  const more = textButton("", showAll, { className: "pill more" });
  const message = el("p", { class: "empty", role: "status" });
  root.replaceChildren(
    el("div", { class: "drawer-head" }, cover,
      el("div", { class: "drawer-text" }, title, about),
      el("div", { class: "drawer-actions" }, like, follow, hide),
      iconButton("close", "Close playlist", close, { className: "drawer-close" })),
    el("div", { class: "drawer-body" }, why.node, message, list, more));

  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  });
  narrow.addEventListener("change", coverPage);
  marks.onChange(showMarks);

  async function open(card, from = null) {
    opener = from ?? opener;
    current = card;
    loading?.abort();
    loading = new AbortController();
    const { signal } = loading;
    setText(title, card.title);
    about.replaceChildren("\u00a0");
    cover.replaceChildren(coverView({ id: card.playlistId, title: card.title }));
    list.replaceChildren();
    why.show(card);
    rows = [];
    setHidden(more, true);
    setText(message, "Loading tracks");
    setHidden(message, false);
    setHidden(root, false);
    coverPage();
    showMarks();
    title.focus({ preventScroll: true });
    actions.act("click", { playlistId: card.playlistId, impressionId: card.impressionId });
    try {
      const playlist = await api.playlist(card.playlistId, userId(), signal);
      if (!signal.aborted) render(playlist);
    } catch (problem) {
      if (signal.aborted) return;
      setText(message, problem.status === 404 ? "This playlist is gone." : "The tracks could not be loaded.");
      notice.problem(problem, "The playlist could not be loaded", "Close it and open it again in a moment.");
    }
  }

  function render(playlist) {
    current = { ...current, ...playlist };
    remember("playlist", playlist.playlistId, playlist.title);
    setText(title, playlist.title);
    cover.replaceChildren(coverView({ id: playlist.playlistId, title: playlist.title }));
    const noun = playlist.entries.some(hasOwnArtist) ? "track" : "artist";
    about.replaceChildren("By ",
      el("a", { href: addressOf(playlist.ownerId), text: listener(playlist.ownerId), click: (event) => followInPage(event, () => openListener(playlist.ownerId)) }),
      ` · ${plural(playlist.followers, "follower")} · ${plural(playlist.entries.length, noun)}`);
    list.setAttribute("aria-label", `${sentence(noun)}s of ${playlist.title}`);
    setText(message, "This playlist is empty.");
    setHidden(message, playlist.entries.length > 0);
    addRows(playlist.entries.slice(0, RowsAtFirst));
    const rest = playlist.entries.length - rows.length;
    setText(more.lastElementChild, `Show ${rest} more`);
    setHidden(more, rest <= 0);
  }

  function addRows(entries) {
    const added = entries.map((entry) => createTrackRow(entry, current.playlistId, { marks, actions, player }));
    rows.push(...added);
    list.append(...added.map((row) => row.node));
    player.showPlaying();
  }

  function showAll() {
    const from = rows.length;
    addRows(current.entries.slice(from));
    setHidden(more, true);
    rows[from]?.node.querySelector("button").focus();
  }

  async function toggle(mark) {
    const { playlistId, title: name, impressionId } = current;
    const on = await toggleMark({ marks, actions }, mark, "playlist", playlistId, { impressionId });
    if (mark === "hidden" && on) notice.calm(`${name} is hidden.`, { label: "Undo", run: () => toggleMark({ marks, actions }, "hidden", "playlist", playlistId) });
  }

  function showMarks() {
    if (!current) return;
    for (const [button, mark, on, off] of [[like, "liked", "Liked", "Like"], [follow, "followed", "Following", "Follow"], [hide, "hidden", "Hidden", "Hide"]]) {
      const value = marks.has(mark, "playlist", current.playlistId);
      setPressed(button, value);
      // A name that changes and a pressed state would say it twice, so the name heard stays the verb.
      button.setAttribute("aria-label", off);
      setText(button.lastElementChild, value ? on : off);
    }
    for (const row of rows) row.showMarks();
  }

  function coverPage() {
    const covers = narrow.matches && !root.hidden;
    for (const part of covered) part.inert = covers;
  }

  function close() {
    if (root.hidden) return;
    loading?.abort();
    const hadFocus = root.contains(document.activeElement);
    setHidden(root, true);
    coverPage();
    current = null;
    rows = [];
    if (hadFocus && opener?.isConnected) opener.focus({ preventScroll: true });
    else if (hadFocus) document.getElementById("home").focus({ preventScroll: true });
    opener = null;
  }

  return { open, close };
}
