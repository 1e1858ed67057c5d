import { iconButton, setPressed } from "./buttons.js";
import { coverView } from "./cover/view.js";
import { el, setHidden, setText } from "./dom.js";
import { hasOwnArtist } from "./format.js";
import { icon } from "./icons.js";
import { toggleMark } from "./marks.js";

/** The strip’s left half: what is "playing". There is no audio here, and it says so. */
export function createPlayer(root, { marks, actions }) {
  let track = null;
  const cover = el("div", { class: "now-cover", "aria-hidden": "true" });
  const title = el("span", { class: "now-title" });
  const about = el("span", { class: "now-about" });
  const like = iconButton("heart", "Like", () => toggleMark({ marks, actions }, "liked", "track", track.trackId, { playlistId: track.playlistId }), { pressed: false });
  const skip = iconButton("skip", "Skip", () => { actions.act("skip", { trackId: track.trackId, playlistId: track.playlistId }); stop(); });
  const hide = iconButton("hide", "Hide", async () => { if (await toggleMark({ marks, actions }, "hidden", "track", track.trackId, { playlistId: track.playlistId })) stop(); });
  const buttons = el("div", { class: "now-actions" }, like, skip, hide);
  root.append(cover, el("div", { class: "now-text" }, title, about), buttons);
  marks.onChange(showMarks);

  async function play(next) {
    track = next;
    cover.replaceChildren(coverView({ id: `track ${track.trackId}`, title: track.title, small: true }));
    setText(title, track.title);
    const artist = hasOwnArtist(track) ? `${track.artist} · ` : "";
    setText(about, `${artist}counted as a full listen`);
    for (const [button, verb] of [[like, "Like"], [skip, "Skip"], [hide, "Hide"]]) {
      button.setAttribute("aria-label", `${verb} ${track.title}`);
    }
    setHidden(buttons, false);
    root.classList.add("is-playing");
    showMarks();
    showPlaying();
    const isCounted = await actions.act("listen", { trackId: next.trackId, playlistId: next.playlistId });
    if (!isCounted && track === next) setText(about, `${artist}not counted`);
  }

  function stop() {
    track = null;
    cover.replaceChildren(icon("play"));
    setText(title, "Nothing playing");
    setText(about, "No audio here: play counts as a full listen");
    setHidden(buttons, true);
    root.classList.remove("is-playing");
    showPlaying();
  }

  function showMarks() {
    if (track) setPressed(like, marks.has("liked", "track", track.trackId));
  }

  /** The drawer's rows come and go; whichever is there shows the one that plays. */
  function showPlaying() {
    for (const row of document.querySelectorAll(".track")) {
      const playing = track !== null && row.dataset.track === track.trackId;
      row.classList.toggle("is-playing", playing);
      if (playing) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
  }

  stop();
  return { play, stop, showPlaying };
}
