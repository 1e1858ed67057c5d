import { el, svg } from "../dom.js";
import { count } from "../format.js";
import { age } from "./time.js";

const Kept = 150;
const Width = 300;
const Height = 60;
const history = [];
let followed = 0;

/** The split, both sides' engagement, how it went while this page was open, and what the rules say. */
export function drawCanary({ version, percent, since, engagement }, current) {
  const split = svg("svg", { class: "split", viewBox: "0 0 100 8", preserveAspectRatio: "none", role: "img", "aria-label": `${percent} % of the listeners are on version ${version}` },
    svg("rect", { width: percent, height: 8, fill: "#f2a33a" }));
  const head = el("p", { class: "serving-facts", text: `Version ${version} serves ${percent} % of the listeners, for ${age(since)} now.` });
  if (!engagement) return [split, head];
  if (followed !== version) {
    followed = version;
    history.length = 0;
  }
  history.push([rate(engagement.current), rate(engagement.candidate)]);
  if (history.length > Kept) history.shift();
  return [
    split, head,
    el("div", { class: "arms" }, arm(`Version ${current}, current`, engagement.current), arm(`Version ${version}, canary`, engagement.candidate)),
    trend(), el("p", { class: "trend-note", text: "Plays an impression while this page was open: current green, canary orange." }),
    el("p", { class: "verdict", text: `The rules say ${engagement.decision}${engagement.why ? `: ${engagement.why}` : ""}.` }),
  ];
}

const rate = ({ plays, impressions }) => (impressions > 0 ? plays / impressions : 0);

function arm(name, { impressions, plays, likes, hides }) {
  const each = (value) => (impressions > 0 ? `${count(value)} (${((100 * value) / impressions).toFixed(1)} %)` : count(value));
  return el("div", { class: "arm" }, el("p", { class: "arm-name", text: name }), el("dl", {},
    [["Impressions", count(impressions)], ["Plays of 30 s", each(plays)], ["Likes", each(likes)], ["Hides", each(hides)]]
      .flatMap(([term, value]) => [el("dt", { text: term }), el("dd", { text: value })])));
}

function trend() {
  const most = Math.max(0.001, ...history.flat());
  const least = Math.min(...history.flat()) * 0.9;
  const line = (side) => history.map((sample, i) => `${i ? "L" : "M"}${(i * Width) / Math.max(1, history.length - 1)} ${Height - 4 - ((Height - 8) * (sample[side] - least)) / (most - least)}`).join("");
  return svg("svg", { class: "trend", viewBox: `0 0 ${Width} ${Height}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("path", { class: "of-current", d: line(0) }), svg("path", { class: "of-canary", d: line(1) }));
}
