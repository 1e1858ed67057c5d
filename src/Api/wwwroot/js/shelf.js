import { el, setHidden, setText } from "./dom.js";
import { iconButton } from "./buttons.js";
import { isMotionReduced } from "./motion.js";
import { makeRoving } from "./roving.js";

/** A titled row of cards that scrolls sideways. */
export function createShelf(id) {
  const headingId = `shelf-${id.replace(/[^\w-]/g, "_")}`;
  const heading = el("h2", { class: "shelf-title", id: headingId });
  const list = el("ul", { class: "shelf-cards", role: "list", "aria-labelledby": headingId });
  const roving = makeRoving(list);

  // For the pointer only: the keyboard has the arrow keys, a finger swipes.
  const back = arrow("left", "Scroll back", -1);
  const on = arrow("right", "Scroll on", 1);
  const arrows = el("div", { class: "shelf-arrows" }, back, on);
  const node = el("section", { class: "shelf", "aria-labelledby": headingId },
    el("div", { class: "shelf-head" }, heading, el("span", { class: "shelf-hint", "aria-hidden": "true", text: "← → to browse" }), arrows),
    list);

  function arrow(iconName, label, direction) {
    const button = iconButton(iconName, label, () => list.scrollBy({ left: direction * list.clientWidth * 0.8, behavior: isMotionReduced() ? "auto" : "smooth" }));
    button.tabIndex = -1;
    button.setAttribute("aria-hidden", "true");
    return button;
  }

  function showArrows() {
    const room = list.scrollWidth - list.clientWidth;
    setHidden(arrows, room < 8);
    back.disabled = list.scrollLeft < 4;
    on.disabled = list.scrollLeft > room - 4;
  }

  list.addEventListener("scroll", showArrows, { passive: true });
  new ResizeObserver(showArrows).observe(list);

  return {
    node,
    list,
    setTitle: (title) => setText(heading, title),
    refresh() {
      roving.refresh();
      showArrows();
    },
  };
}
