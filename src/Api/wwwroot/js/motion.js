import { arrange } from "./dom.js";

const reduced = matchMedia("(prefers-reduced-motion: reduce)");
const Ease = "cubic-bezier(.2,.8,.2,1)";
const GlideMs = 420;
const running = new WeakMap();
const fading = new WeakMap();

export const isMotionReduced = () => reduced.matches;

/**
 * Arranges the children of each parent and lets them glide from where they were seen to where they now belong
 * (FLIP: first, last, invert, play). Positions are relative to the parent, so a parent that moves itself does not
 * move them twice, and a glide that is interrupted goes on from where it was. All parents together: measuring
 * between changes would make the browser lay the page out once per shelf instead of once.
 * @param {{parent: Element, wanted: Element[]}[]} groups Outer parents before inner ones.
 */
export function glide(groups) {
  if (reduced.matches || document.hidden) {
    for (const { parent, wanted } of groups) arrange(parent, wanted);
    return;
  }
  const before = groups.map(({ parent }) => places(parent, parent.children));
  for (const { parent, wanted } of groups) arrange(parent, wanted);
  for (const { wanted } of groups) wanted.forEach(settle);
  const after = groups.map(({ parent, wanted }) => places(parent, wanted));

  groups.forEach((_, g) => {
    for (const [child, to] of after[g]) {
      const from = before[g].get(child);
      if (!to.isSeen && !from?.isSeen) continue;
      if (!from) {
        play(child, [{ opacity: 0, transform: "scale(.96)" }, { opacity: 1, transform: "none" }]);
      } else if (Math.abs(from.x - to.x) >= 1 || Math.abs(from.y - to.y) >= 1) {
        play(child, [{ transform: `translate(${from.x - to.x}px, ${from.y - to.y}px)` }, { transform: "none" }]);
      }
    }
  });
}

function places(parent, children) {
  const origin = parent.getBoundingClientRect();
  return new Map(Array.from(children, (child) => {
    const { left, top, right, bottom } = child.getBoundingClientRect();
    const isSeen = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
    return [child, { x: left - origin.left + parent.scrollLeft, y: top - origin.top + parent.scrollTop, isSeen }];
  }));
}

function settle(node) {
  running.get(node)?.cancel();
  running.delete(node);
}

function play(node, frames) {
  const animation = node.animate(frames, { duration: GlideMs, easing: Ease });
  running.set(node, animation);
  animation.finished.then(() => running.delete(node), () => {});
}

/** A soft mark that fades by itself: a colour change, no movement, so it also serves those who asked for less motion. */
export function mark(nodes, className, milliseconds = 1800) {
  for (const node of nodes) node.classList.remove(className);
  // Reading a size makes the browser notice the removal, so the same mark can start again.
  void nodes[0]?.offsetWidth;
  for (const node of nodes) {
    node.classList.add(className);
    const timers = fading.get(node) ?? {};
    clearTimeout(timers[className]);
    timers[className] = setTimeout(() => node.classList.remove(className), milliseconds);
    fading.set(node, timers);
  }
}
