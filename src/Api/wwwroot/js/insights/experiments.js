import { el } from "../dom.js";
import { count, percent } from "../format.js";

const number = (value) => (value === null || value === undefined ? "∞" : value.toFixed(3));

/** Where each experiment stands: who was exposed, and every metric with an interval that holds at every look. */
export function drawExperiments(experiments) {
  if (!experiments.length) return [el("p", { class: "note", text: "No experiment runs. They are defined in experiments.json in the data directory." })];
  return experiments.map((one) => el("div", { class: "experiment" },
    el("h3", { class: "part-title", text: `${one.name}, ${percent(one.traffic)} of the listeners` }),
    one.ratioMismatch && el("p", { class: "is-bad-number", text: "The shares are not what they should be: listeners are lost somewhere, and no other number may be trusted." }),
    el("p", { class: "note", text: one.variants.map((variant) => `${variant.name}: ${count(variant.exposed)} exposed (${percent(variant.share)} expected)`).join(" · ") }),
    el("div", { class: "table-box" }, el("table", { class: "table" },
      el("thead", {}, el("tr", {}, ["metric", "variant", "control", "mean", "difference, at any look", "p", ""].map((head) => el("th", { scope: "col", text: head })))),
      el("tbody", {}, one.metrics.map((metric) => el("tr", {},
        el("td", { text: metric.metric }), el("td", { text: metric.variant }),
        el("td", { text: `${number(metric.controlMean)} (${count(metric.controlCount)})` }), el("td", { text: `${number(metric.mean)} (${count(metric.count)})` }),
        el("td", { text: metric.low === undefined || metric.low === null ? "nothing yet" : `${number(metric.low)} to ${number(metric.high)}` }), el("td", { text: number(metric.pValue) }),
        el("td", { class: metric.breached ? "is-bad-number" : null, text: metric.breached ? "broken: stop" : metric.significant ? "significant" : "" }))))))));
}
