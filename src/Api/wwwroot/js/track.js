import { iconButton, setPressed } from "./buttons.js";
import { el, setHidden, setText } from "./dom.js";
import { hasOwnArtist, trackLabel } from "./format.js";
import { toggleMark } from "./marks.js";
import { remember } from "./names.js";

/** One entry of a playlist with everything one can do to it. */
export function createTrackRow(entry, playlistId, { marks, actions, player }) {
  const { trackId } = entry;
  const label = trackLabel(entry);
  remember("track", trackId, entry.title);

  const play = iconButton("play", `Play ${label}`, () => { setKnown(); player.play({ ...entry, playlistId }); }, { className: "track-play" });
  const like = iconButton("heart", `Like ${label}`, () => toggleMark({ marks, actions }, "liked", "track", trackId, { playlistId }), { pressed: false });
  const skip = iconButton("skip", `Skip ${label}`, () => { setKnown(); actions.act("skip", { trackId, playlistId }); });
  const hide = iconButton("hide", `Hide ${label}`, () => toggleMark({ marks, actions }, "hidden", "track", trackId, { playlistId }), { pressed: false });
  const known = el("span", { class: "known" });

  const node = el("li", { class: "track", "data-track": trackId }, play,
    el("div", { class: "track-text" },
      el("span", { class: "track-title" }, el("span", { text: entry.title }),
        entry.times > 1 && el("span", { class: "times", title: `Stands ${entry.times} times in this playlist`, text: `×${entry.times}` })),
      el("span", { class: "track-more" }, hasOwnArtist(entry) && el("span", { class: "track-artist", text: entry.artist }), known)),
    el("div", { class: "track-actions" }, like, skip, hide));

  function setKnown(value = true) {
    setText(known, value ? "known" : "new to this listener");
    known.classList.toggle("is-new", !value);
  }

  function showMarks() {
    setPressed(like, marks.has("liked", "track", trackId));
    const hidden = marks.has("hidden", "track", trackId);
    setPressed(hide, hidden);
    node.classList.toggle("is-hidden", hidden);
    setHidden(known, hidden);
  }

  setKnown(entry.known);
  showMarks();
  return { node, showMarks };
}
