import { api } from "../api.js";
import { arrange, el, setHidden, setText } from "../dom.js";
import { milliseconds } from "../format.js";
import { createNotices } from "../notice.js";
import { drawCanary } from "./canary.js";
import { createConfirm } from "./confirm.js";
import { drawEntry } from "./journal.js";
import { age } from "./time.js";
import { drawVersion } from "./version.js";
import { signIn } from "../session.js";

const EveryMs = 2000;
const PatienceMs = 6000;

const byId = (id) => document.getElementById(id);
await signIn({ wants: ["operator", "local"] });
const notices = createNotices(byId("notices"));
const confirm = createConfirm(byId("confirm"));
let drawn = "";

async function ask(action, version) {
  const wish = await confirm(action, version);
  if (!wish) return;
  if (action.sendsVersion) wish.version = version;
  try {
    const answer = await api.askDoorman(action.path(version), wish);
    notices.calm(answer.message);
  } catch (problem) {
    notices.problem(problem, `${action.verb} version ${version ?? ""}`, "Nothing was changed.");
  }
  await refresh();
}

function draw(state) {
  setText(byId("live-text"), "Live");
  byId("live").dataset.state = "live";

  // Only what has changed is drawn again: a button must not vanish under a pointer.
  const key = JSON.stringify({ ...state, minute: Math.floor(Date.now() / 60000) });
  if (key === drawn) return;
  drawn = key;
  const current = state.snapshots.find((one) => one.version === state.current);
  byId("figures").replaceChildren(
    figure("epoch", String(state.epoch)),
    figure("age of the model", current ? age(current.createdAt) : "none"),
    figure("last flip", state.flipMs === undefined ? "none yet" : milliseconds(state.flipMs)));
  drawNow(state, current);
  setHidden(byId("canary"), !state.canary);
  if (state.canary) byId("canary-body").replaceChildren(...drawCanary(state.canary, state.current));
  byId("versions").replaceChildren(...state.snapshots.slice().reverse().map((one) => drawVersion(one, state, ask)));
  arrange(byId("journal"), state.journal.slice().reverse().map(drawEntry));
}

function drawNow(state, current) {
  const facts = current
    ? [`trained ${age(current.createdAt)} ago`, `events through ${current.watermark.toLocaleString("en")}`, state.serving !== state.current && `still served: version ${state.serving}`]
    : ["Everybody gets the most followed playlists."];
  byId("now-serving").replaceChildren(
    el("div", { class: "serving" },
      el("div", {},
        el("p", { class: "serving-version", text: current ? `Version ${state.current}` : "No model" }),
        el("p", { class: "serving-facts", text: facts.filter(Boolean).join(" · ") })),
      state.former && el("button", { class: "pill", type: "button", text: `Roll back to version ${state.former}`, click: () => ask(rollback(state.former)) })),
    state.rollout && el("p", { class: "under-way", role: "status", text: underWay(state.rollout) }) || "");
}

const underWay = ({ version, goal, percent, isRollback, who }) => isRollback
  ? `Going back to version ${version}, asked by ${who}.`
  : `Version ${version} is being prepared, to ${goal === "canary" ? `serve ${percent} % of the listeners` : goal === "ready" ? "be ready" : "serve everybody"}, asked by ${who}.`;

const rollback = (former) => ({
  verb: "Roll back to", isBad: true, text: `Everybody goes back to version ${former}. What is under way is given up.`, path: () => "doorman/rollback",
});

const figure = (name, value) => el("div", { class: "figure" }, el("dt", { text: name }), el("dd", { text: value }));

async function refresh() {
  try {
    draw(await api.doorman(AbortSignal.timeout(PatienceMs)));
  } catch {
    setText(byId("live-text"), "No answer");
    byId("live").dataset.state = "offline";
  }
}

async function poll() {
  if (!document.hidden) await refresh();
  setTimeout(poll, EveryMs);
}

poll();
