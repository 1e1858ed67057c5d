import { el, setHidden, setText } from "./dom.js";
import { count, shortCount } from "./format.js";

const LiveTexts = { connecting: "Connecting", live: "Live", reconnecting: "Reconnecting", offline: "Offline" };

/** The header's right side: the live dot and the server's figures. */
export function createHeader({ live, liveText, figures }) {
  const cells = new Map();
  let stream = "connecting";
  let isServerUp = true;

  function figure(name, value, title = null) {
    if (!cells.has(name)) {
      const cell = el("div", { class: "figure" }, el("dt", { text: name }), el("dd"));
      figures.append(cell);
      cells.set(name, cell);
    }
    const cell = cells.get(name);
    setText(cell.lastElementChild, value);
    if (title) cell.title = title;
  }

  function showLive() {
    const state = isServerUp ? stream : stream === "live" ? "reconnecting" : "offline";
    live.dataset.state = state;
    setText(liveText, LiveTexts[state]);
  }

  return {
    showStream(state) {
      stream = state;
      showLive();
    },
    showServer(isUp) {
      isServerUp = isUp;
      showLive();
    },
    showStatus(status, eventsPerSecond) {
      setHidden(figures, false);
      figure("listeners", shortCount(status.listeners));
      figure("playlists", shortCount(status.playlists));
      figure("model", String(status.snapshotVersion || "–"), "The model version behind every card");
      figure("events/s", eventsPerSecond === null ? "–" : count(Math.round(eventsPerSecond)),
        status.crowd?.enabled ? `A simulated crowd sends about ${count(Math.round(status.crowd.eventsPerSecond))} events a second` : "Events applied a second, all listeners");
      figures.classList.toggle("has-crowd", Boolean(status.crowd?.enabled));
    },
  };
}
