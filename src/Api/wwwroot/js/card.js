import { el, setText } from "./dom.js";
import { coverView } from "./cover/view.js";
import { iconButton, setPressed } from "./buttons.js";
import { sentence } from "./format.js";
import { icon } from "./icons.js";
import { toggleMark } from "./marks.js";
import { remember } from "./names.js";

const SourceNames = { buddies: "Buddies", taste: "Your taste", now: "Right now", because: "Because", followed: "Followed", again: "Yours", new: "Discovery", popular: "Popular", near: "Near you" };

/** One recommended playlist. The node lives as long as the playlist is on the page, so it can glide and keep focus. */
export function createCard(first, { marks, actions, notice, openPlaylist, impressions }) {
  let card = first;
  const { playlistId, title } = first;
  const impression = () => ({ impressionId: card.impressionId });

  const open = el("button", { class: "card-open", type: "button", "aria-label": `Play ${title}: open its tracks`, click: () => openPlaylist({ ...card }, open) },
    el("span", { class: "card-play", "aria-hidden": "true" }, icon("play")));
  const like = iconButton("heart", `Like ${title}`, () => toggleMark({ marks, actions }, "liked", "playlist", playlistId, impression()), { pressed: false });
  const hide = iconButton("hide", `Hide ${title}`, hidePlaylist);
  const source = el("span", { class: "badge" });
  const reason = el("p", { class: "card-reason" });
  const heading = el("h3", { class: "card-title", title }, el("span", { text: title }));

  const node = el("li", { class: "card", "data-playlist": playlistId },
    el("div", { class: "card-cover" }, coverView({ id: playlistId, title }), open),
    el("div", { class: "card-row" }, source, el("span", { class: "card-actions" }, like, hide)),
    heading, reason);
  // One picture, one name, one target: the whole card opens, but only the button is a control.
  node.addEventListener("click", (event) => {
    if (!event.target.closest("button")) open.click();
  });
  remember("playlist", playlistId, title);
  impressions.watch(node, () => (node.isConnected ? card : null));

  async function hidePlaylist() {
    if (marks.has("hidden", "playlist", playlistId)) return;
    const hidden = await toggleMark({ marks, actions }, "hidden", "playlist", playlistId, impression());
    if (hidden) notice.calm(`${title} is hidden.`, { label: "Undo", run: () => toggleMark({ marks, actions }, "hidden", "playlist", playlistId) });
  }

  function showMarks() {
    setPressed(like, marks.has("liked", "playlist", playlistId));
    node.classList.toggle("is-leaving", marks.has("hidden", "playlist", playlistId));
  }

  /** @returns {boolean} Whether the reason or source reads differently now. */
  function update(next) {
    card = next;
    const text = sentence(next.reason || "");
    const reworded = reason.textContent !== "" && reason.textContent !== text;
    setText(reason, text);
    reason.title = text;
    setText(source, SourceNames[next.source] ?? sentence(next.source || "Pick"));
    source.className = `badge badge-${/^[a-z]+$/.test(next.source) ? next.source : "other"}`;
    return reworded;
  }

  update(first);
  showMarks();
  return { node, update, showMarks };
}
