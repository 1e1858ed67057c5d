import { el } from "../dom.js";
import { age } from "./time.js";

const Validate = { verb: "Validate", text: "Every byte of it is read, and its results are compared with the current version's.", path: (version) => `snapshots/${version}/validate` };
const Canary = { verb: "Canary", text: "It is prepared, and then serves a fixed share of the listeners beside the current version.", path: (version) => `snapshots/${version}/canary`, asksPercent: true };
const Promote = { verb: "Promote", text: "It is prepared, and then serves everybody.", path: (version) => `snapshots/${version}/promote` };
const Reject = { verb: "Reject", isBad: true, text: "It is turned away, whatever is under way with it.", path: (version) => `snapshots/${version}/reject` };

const RollBack = { verb: "Roll back to", isBad: true, text: "Everybody goes back to it. What is under way is given up.", path: () => "doorman/rollback", sendsVersion: true };

const Actions = {
  registered: [Validate, Reject],
  validated: [Canary, Promote, Reject],
  preparing: [Reject],
  ready: [Canary, Promote, Reject],
  canary: [Promote, Reject],
  rejected: [Validate],
  retired: [RollBack],
};

/** One version: number, state, what its manifest says, and what may be asked of the doorman. */
export function drawVersion(snapshot, state, ask) {
  const { version, createdAt, watermark, metrics, reasons, readers } = snapshot;
  const recall = metrics.holdoutRecall;
  const facts = [
    `trained ${age(createdAt)} ago`,
    `events through ${watermark.toLocaleString("en")}`,
    recall !== undefined && `recall@20 ${recall.toFixed(3)}`,
    readers > 0 && "in memory",
  ].filter(Boolean).join(" · ");
  return el("li", { class: "version" },
    el("span", { class: "version-number", text: `v${version}` }),
    el("span", { class: `state state-${snapshot.state}`, text: snapshot.state }),
    el("span", { class: "version-facts", text: facts }),
    el("span", { class: "version-buttons" }, (Actions[snapshot.state] ?? []).map((action) =>
      el("button", { class: `text-button${action.isBad ? " is-bad" : ""}`, type: "button", "aria-label": `${action.verb} version ${version}`, text: action.verb, click: () => ask(action, version) }))),
    reasons.length > 0 && el("span", { class: "version-reason", text: reasons.join(" ") }));
}
