import { el } from "./dom.js";
import { icon } from "./icons.js";

const MostAtOnce = 3;
const CalmMs = 6000;

/** Messages at the foot of the page: announced politely, dismissible, never in the way, never twice. */
export function createNotices(root) {
  const shown = new Map();

  function show({ tone, title, detail = "", action = null }) {
    const key = `${tone}|${title}|${detail}`;
    if (shown.has(key)) return;
    const remove = () => {
      shown.delete(key);
      node.remove();
    };
    const node = el("div", { class: `notice notice-${tone}` },
      el("div", { class: "notice-text" }, el("strong", { text: title }), detail && el("span", { text: detail })),
      action && el("button", { class: "text-button", type: "button", text: action.label, click: () => { remove(); action.run(); } }),
      el("button", { class: "icon-button", type: "button", "aria-label": `Dismiss: ${title}`, click: remove }, icon("close")));
    shown.set(key, remove);
    root.append(node);
    if (shown.size > MostAtOnce) shown.values().next().value();
    // An error stays until it is read; good news may leave, unless it is being used.
    if (tone === "calm") {
      const leave = () => (node.matches(":hover, :focus-within") ? setTimeout(leave, CalmMs) : remove());
      setTimeout(leave, CalmMs);
    }
  }

  return {
    calm: (title, action) => show({ tone: "calm", title, action }),
    error: (title, detail) => show({ tone: "error", title, detail }),
    /** @param {string} consequence What a silent server means for this one request. */
    problem(problem, what, consequence) {
      if (problem.name === "AbortError") return;
      if (problem.status) show({ tone: "error", title: problem.title, detail: problem.detail });
      else show({ tone: "error", title: what, detail: `The server is not answering. ${consequence}` });
    },
    clear: () => [...shown.values()].forEach((remove) => remove()),
  };
}
