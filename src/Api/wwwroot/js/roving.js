/**
 * One tab stop per shelf instead of thirty: Tab goes through the buttons of one card and on to the next shelf,
 * the arrow keys go from card to card (the WAI-ARIA "roving tabindex").
 */
export function makeRoving(list) {
  let current = null;

  const items = () => [...list.children];
  const stops = (item) => [...item.querySelectorAll("button, a[href]")];

  function refresh() {
    if (!current || current.parentElement !== list) current = list.firstElementChild;
    for (const item of items()) {
      for (const stop of stops(item)) stop.tabIndex = item === current ? 0 : -1;
    }
  }

  list.addEventListener("focusin", (event) => {
    const item = items().find((candidate) => candidate.contains(event.target));
    if (item && item !== current) {
      current = item;
      refresh();
    }
  });

  list.addEventListener("keydown", (event) => {
    const all = items();
    const at = all.findIndex((item) => item.contains(event.target));
    if (at < 0 || event.metaKey || event.ctrlKey || event.altKey) return;
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = all[Math.max(0, Math.min(all.length - 1, to))];
    const nth = stops(all[at]).indexOf(event.target);
    stops(next)[Math.max(0, nth)]?.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  });

  return { refresh };
}
