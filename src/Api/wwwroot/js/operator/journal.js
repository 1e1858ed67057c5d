import { el } from "../dom.js";

const Words = {
  registered: "was registered", validated: "was validated", rejected: "was rejected", preparing: "is being prepared", ready: "is ready", canary: "serves a canary",
  current: "became current", retired: "was retired", aborted: "was given up", collected: "was removed", admitted: "A node may serve", shutOut: "A node was shut out", fenced: "A node has stopped",
};

const drawn = new Map();

/** One line of the journal; what was written never changes, so each is made once. */
export function drawEntry(entry) {
  if (!drawn.has(entry.number)) drawn.set(entry.number, make(entry));
  return drawn.get(entry.number);
}

function make({ action, version, who, why, reasons, at, epoch }) {
  const words = Words[action] ?? action;
  const bad = action === "rejected" || action === "aborted";
  const text = [why, ...reasons].filter(Boolean).join(" ");
  return el("li", { class: `entry${bad ? " entry-bad" : ""}` },
    el("span", { class: "entry-what", text: version > 0 ? `Version ${version} ${words}` : words }),
    el("time", { class: "entry-when", datetime: at, text: `${new Date(at).toLocaleString("en-GB")} · ${who} · epoch ${epoch}` }),
    text && el("span", { class: "entry-why", text }));
}
