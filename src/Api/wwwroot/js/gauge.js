import { el, setText, svg } from "./dom.js";
import { milliseconds, plural } from "./format.js";

const Kept = 18;
const Invitation = "Play, like or hide something, and Home answers here.";

/** The strip's right half: how long Home took to answer, now and lately. */
export function createGauge(root) {
  const text = el("p", { class: "gauge-text", role: "status", text: Invitation });
  const more = el("p", { class: "gauge-more" });
  const chart = svg("svg", { class: "gauge-chart", viewBox: `0 0 ${Kept * 5} 24`, preserveAspectRatio: "xMaxYMid meet", "aria-hidden": "true" });
  root.append(el("div", {}, text, more), chart);
  const times = [];

  function show({ kind, noun, elapsedMs, serverMs, change }) {
    if (kind === "waiting" || kind === "idle") {
      root.classList.toggle("is-waiting", kind === "waiting");
      return;
    }
    root.classList.remove("is-waiting");
    root.dataset.state = kind;
    if (kind === "unchanged") {
      setText(text, `No change to your page after your ${noun}`);
      setText(more, "No new page came within two seconds");
    } else if (kind === "moved") {
      times.push(elapsedMs);
      if (times.length > Kept) times.shift();
      setText(text, `Home moved ${milliseconds(elapsedMs)} after your ${noun}`);
      setText(more, [describe(change), Number.isFinite(serverMs) && `server ${milliseconds(serverMs)}`, times.length > 2 && `typically ${milliseconds(median())}`].filter(Boolean).join(" · "));
      drawChart();
    }
  }

  function median() {
    const sorted = times.slice().sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)];
  }

  function drawChart() {
    const most = Math.max(...times);
    chart.replaceChildren(...times.map((time, i) => {
      const height = 3 + 21 * (time / most);
      return svg("rect", { x: (Kept - times.length + i) * 5, y: 24 - height, width: 3, height, rx: 1.5, class: i === times.length - 1 ? "latest" : null });
    }));
  }

  /** Another listener, another measure. */
  function clear() {
    times.length = 0;
    root.dataset.state = "idle";
    setText(text, Invitation);
    setText(more, "");
    chart.replaceChildren();
  }

  return { show, clear };
}

function describe({ fresh, moved, gone, reworded }) {
  const parts = [fresh && `${fresh} new`, moved && `${moved} moved`, !fresh && gone && `${gone} gone`].filter(Boolean);
  return parts.join(", ") || plural(reworded, "reason") + " updated";
}
