import { api } from "./api.js";
import { avatarView } from "./cover/view.js";
import { arrange, el, setHidden, setText } from "./dom.js";
import { listener, plural, sentence } from "./format.js";
import { debounce } from "./pace.js";

/** Finds a listener: an ARIA combobox over the server's search; any text may also be opened as an id. */
export function createPicker(form, { openListener }) {
  const input = form.querySelector("input");
  const list = form.querySelector("[role=listbox]");
  const status = form.querySelector("[role=status]");
  let options = [];
  let active = -1;
  let asked = null;

  const search = debounce(ask, 120);

  async function ask() {
    asked?.abort();
    asked = new AbortController();
    const { signal } = asked;
    const query = input.value.trim();
    let users = [];
    try {
      users = (await api.searchListeners(query, signal)).users;
    } catch (problem) {
      if (problem.name === "AbortError") return;
    }
    if (signal.aborted || document.activeElement !== input) return;
    const exact = users.some((user) => user.userId === query);
    show([
      ...users.map((user) => ({ id: user.userId, name: sentence(listener(user.userId)), about: [user.tracks && plural(user.tracks, "track"), user.playlists && plural(user.playlists, "playlist")].filter(Boolean).join(", ") })),
      ...(query && !exact ? [{ id: query, name: `Open ${listener(query)}`, about: users.length ? "exactly this id" : "a new listener starts with the most followed playlists" }] : []),
    ]);
  }

  function show(next) {
    options = next;
    active = -1;
    arrange(list, options.map((option, i) => el("li", { class: "option", id: `picker-option-${i}`, role: "option", "aria-selected": "false",
      // Before blur closes the list.
      pointerdown: (event) => { event.preventDefault(); choose(i); },
      pointermove: () => activate(i, false) },
      avatarView(option.id), el("span", { class: "option-name", text: option.name }), el("span", { class: "option-about", text: option.about }))));
    const isOpen = options.length > 0;
    setHidden(list, !isOpen);
    input.setAttribute("aria-expanded", String(isOpen));
    input.removeAttribute("aria-activedescendant");
    setText(status, isOpen ? plural(options.length, "suggestion") : "");
  }

  const hide = () => show([]);

  function activate(index, scroll = true) {
    if (index === active) return;
    list.children[active]?.setAttribute("aria-selected", "false");
    active = index;
    const option = list.children[active];
    if (!option) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", option.id);
    if (scroll) option.scrollIntoView({ block: "nearest" });
  }

  function choose(index) {
    const id = index >= 0 ? options[index]?.id : input.value.trim();
    if (!id) return;
    close();
    input.blur();
    openListener(id);
  }

  function close() {
    asked?.abort();
    input.value = "";
    hide();
  }

  input.addEventListener("focus", ask);
  input.addEventListener("click", () => { if (list.hidden) ask(); });
  input.addEventListener("input", search);
  input.addEventListener("blur", () => { asked?.abort(); hide(); });
  input.addEventListener("keydown", (event) => {
    const last = options.length - 1;
    if (event.key === "ArrowDown" && list.hidden) ask();
    else if (event.key === "ArrowDown") activate(active >= last ? 0 : active + 1);
    else if (event.key === "ArrowUp" && !list.hidden) activate(active <= 0 ? last : active - 1);
    else if (event.key === "Escape" && (!list.hidden || input.value)) close();
    else return;
    event.preventDefault();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    choose(active);
  });

  return { close };
}
