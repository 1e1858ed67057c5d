import { api } from "./api.js";
import { el } from "./dom.js";
import { percent, sentence } from "./format.js";

const number = (value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;

/** Why a card is there: how it was drawn, and what each feature adds to what is expected of it. Asked for only when opened. */
export function createWhy({ userId }) {
  const body = el("div", { class: "why-body" });
  const node = el("details", { class: "why", hidden: true, toggle: load }, el("summary", { text: "Why this card" }), body);
  let card = null;

  function show(next) {
    card = next.impressionId ? next : null;
    node.hidden = card === null;
    node.open = false;
    body.replaceChildren();
  }

  async function load() {
    if (!node.open || !card) return;
    const asked = card;
    body.replaceChildren(el("p", { text: "Asking" }));
    try {
      const why = await api.why(userId(), asked.impressionId);
      if (card === asked) render(why);
    } catch (problem) {
      if (card === asked) body.replaceChildren(el("p", { text: problem.status === 404 ? "It came too long ago: nothing is known of it any more." : "That could not be loaded." }));
    }
  }

  function render(why) {
    const most = Math.max(...why.parts.map((part) => Math.abs(part.reward)), 1e-9);
    body.replaceChildren(
      card.reason ? el("p", { class: "why-reason", text: sentence(card.reason) }) : null,
      el("p", { text: howDrawn(why) }),
      el("p", { text: `The shelf had a chance of ${percent(why.shelfPropensity)} to stand at place ${why.shelfPosition + 1}.` }),
      el("p", { text: `Expected reward ${why.expected.toFixed(3)} ± ${why.deviation.toFixed(3)}:` }),
      el("ul", { class: "why-parts", role: "list" }, why.parts.filter((part) => Math.abs(part.reward) >= 0.0005).map((part) => {
        const fill = el("span", { class: `why-fill ${part.reward < 0 ? "is-against" : ""}` });
        fill.style.setProperty("--share", (Math.abs(part.reward) / most).toFixed(4));
        return el("li", { class: "why-part" }, el("span", { text: `${part.name} ${part.value.toFixed(2)}` }), el("span", { class: "why-number", text: number(part.reward) }), el("span", { class: "bar", "aria-hidden": "true" }, fill));
      })),
      el("p", { class: "why-foot", text: `Policy ${why.policy}, version ${why.policyVersion}; model ${why.snapshotVersion}; listeners: ${why.segment}.` }));
  }

  return { node, show };
}

function howDrawn(why) {
  if (why.candidates === 1) return `Place ${why.position + 1}: this shelf promises an order, so nothing was drawn.`;
  const drawn = `Drawn for place ${why.position + 1} among ${why.candidates} candidates, with a chance of ${percent(why.propensity)}.`;
  if (why.uniform) return `${drawn} This listener is one of the few for whom all are drawn alike, to know how good a choice is at all.`;
  return why.explored ? `${drawn} ${why.rank} of them ${why.rank === 1 ? "was" : "were"} expected to do better: this one was explored, to learn from it.` : `${drawn} None of them was expected to do better.`;
}
