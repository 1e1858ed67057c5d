import { api } from "./api.js";
import { el, setText } from "./dom.js";

/** The listener's own setting between the familiar and discoveries. */
export function createDial(root, { userId, notice, onChosen }) {
  const input = el("input", { class: "dial-input", id: "dial-input", type: "range", min: "0", max: "1", step: "0.1", value: "0.5", input: showWords, change: choose });
  const words = el("span", { class: "dial-words" });
  root.replaceChildren(el("label", { class: "dial-label", for: "dial-input", text: "Familiar" }), input, el("span", { class: "dial-label", "aria-hidden": "true", text: "Discoveries" }), words);

  function showWords() {
    const value = Number(input.value);
    const text = value < 0.35 ? "mostly what is known" : value > 0.65 ? "mostly what is new" : "balanced";
    setText(words, text);
    input.setAttribute("aria-valuetext", text);
  }

  async function choose() {
    const user = userId();
    try {
      await api.choose(user, { discovery: Number(input.value) });
      if (userId() === user) onChosen();
    } catch (problem) {
      notice.problem(problem, "The setting was not saved", "Try it again in a moment.");
    }
  }

  return {
    show({ discovery }) {
      root.hidden = false;
      if (document.activeElement !== input) input.value = String(discovery);
      showWords();
    },
    clear() {
      root.hidden = true;
    },
  };
}
