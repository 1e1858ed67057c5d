import { api } from "./api.js";
import { textButton } from "./buttons.js";
import { el } from "./dom.js";
import { listener, percent, plural } from "./format.js";
import { nameOf } from "./names.js";

const ShelfNames = { buddies: "From your buddies", taste: "Close to your taste", now: "Right now", because: "Because you played", followed: "Your buddies just followed", again: "Jump back in", new: "Something new", popular: "Popular", near: "Popular near you" };
const PlayedShown = 5;

/** Under the hood: how this listener’s pages are decided, what is thought of them, and a way to have it forgotten. */
export function createHood(root, { userId, notice, onErased }) {
  const body = el("div", { class: "hood" });
  const forget = textButton("Forget this listener", ask, { className: "text-button is-bad" });
  const sure = el("div", { class: "hood-sure", role: "group", "aria-label": "Forget this listener", hidden: true },
    el("p", { text: "Events, taste, settings, logs and own playlists go for good. There is no undo." }),
    textButton("Forget everything", erase, { className: "pill is-bad" }), textButton("Keep", keep, { className: "pill" }));
  root.append(body, el("p", { class: "hood-hint", text: "Something wrong? Hide what does not belong here, take back a like, a follow or a hide above, or:" }), forget, sure);

  function ask() {
    sure.hidden = false;
    sure.querySelector("button").focus();
  }

  function keep() {
    sure.hidden = true;
    forget.focus();
  }

  async function erase() {
    const user = userId();
    try {
      await api.erase(user);
      sure.hidden = true;
      notice.calm(`All that was known of ${listener(user)} is gone.`);
      onErased(user);
    } catch (problem) {
      notice.problem(problem, "Nothing was erased", "Try it again in a moment.");
    }
  }

  function render(hood) {
    const most = Math.max(...hood.shelves.map((shelf) => shelf.expected), 1e-9);
    body.replaceChildren(
      facts([
        ["Group", hood.segment],
        ["Session", hood.session > 0 ? percent(hood.session) : "none now"],
        ["Pages drawn", hood.uniform ? "uniformly, as ground truth" : "by what was learned"],
        ["Learned from", plural(hood.pagesLearned, "page")],
        ["Seen, not opened", plural(hood.seen, "playlist")],
        ...hood.experiments.map((one) => [`Experiment ${one.name}`, one.variant ?? "takes no part"]),
      ]),
      el("h3", { class: "part-title", text: "What shelves are expected to bring" }),
      el("ul", { class: "hood-shelves", role: "list" }, hood.shelves.map((shelf) => {
        const fill = el("span", { class: "bar-fill" });
        fill.style.setProperty("--share", Math.max(0, shelf.expected / most).toFixed(4));
        return el("li", { class: "artist" }, el("span", { class: "artist-name", text: ShelfNames[shelf.id] ?? shelf.id }), el("span", { class: "artist-share", text: `${shelf.expected.toFixed(3)} ± ${shelf.deviation.toFixed(3)}` }), el("span", { class: "bar", "aria-hidden": "true" }, fill));
      })),
      hood.played.length ? el("p", { class: "hood-played", text: `Played from of late: ${hood.played.slice(0, PlayedShown).map((one) => nameOf("playlist", one.playlistId)).join(", ")}` }) : "");
  }

  const facts = (pairs) => el("dl", { class: "hood-facts" }, pairs.map(([name, value]) => el("div", {}, el("dt", { text: name }), el("dd", { text: value }))));

  return {
    render,
    clear() {
      body.replaceChildren();
      sure.hidden = true;
    },
  };
}
