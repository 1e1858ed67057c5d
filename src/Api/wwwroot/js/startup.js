import { setHidden, setText } from "./dom.js";
import { plural, sentence } from "./format.js";

/** The screen while the server is not ready: large before the first page, one line above the page after that. */
export function createStartup({ root, title, stage, detail }) {
  const since = performance.now();

  function show(heading, text, more, isCompact) {
    setHidden(root, false);
    root.classList.toggle("is-compact", isCompact);
    setText(title, heading);
    setText(stage, text);
    setText(detail, more);
  }

  return {
    showStage(status, hasPage) {
      const known = [status.listeners && plural(status.listeners, "listener"), status.playlists && plural(status.playlists, "playlist"), status.eventsApplied && `${plural(status.eventsApplied, "event")} applied`].filter(Boolean);
      show(hasPage ? "The server is starting again" : "Starting", sentence(status.stage || "getting ready"), known.join(" · "), hasPage);
    },
    showSilence(hasPage) {
      const seconds = Math.round((performance.now() - since) / 1000);
      show(hasPage ? "The server is not answering" : "Waiting for the server", "Trying again every two seconds", hasPage || seconds < 6 ? "" : `${seconds} s so far`, hasPage);
    },
    hide: () => setHidden(root, true),
  };
}
