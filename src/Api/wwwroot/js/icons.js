import { svg } from "./dom.js";

// 24 × 24 outlines, stroked with currentColor by the style sheet.
const Paths = {
  play: "M8 5.5v13l10.5-6.5z",
  heart: "M12 20s-7.5-4.6-7.5-10.2A4.3 4.3 0 0 1 12 7.2a4.3 4.3 0 0 1 7.5 2.6C19.5 15.4 12 20 12 20z",
  hide: "M4 4l16 16M9.9 5.8A9.6 9.6 0 0 1 12 5.6c5.5 0 8.5 6.4 8.5 6.4a14 14 0 0 1-2.7 3.5M6.3 7.7A13.7 13.7 0 0 0 3.5 12s3 6.4 8.5 6.4a8.6 8.6 0 0 0 4-1M10 10a2.9 2.9 0 0 0 4 4",
  skip: "M6 6v12l8.5-6zM17.5 6v12",
  close: "M6 6l12 12M18 6L6 18",
  left: "M14.5 5.5L8 12l6.5 6.5",
  right: "M9.5 5.5L16 12l-6.5 6.5",
  undo: "M9 14L4.5 9.5 9 5M4.5 9.5H14a5.5 5.5 0 0 1 0 11h-3",
  plus: "M12 5v14M5 12h14",
};

export function icon(name) {
  return svg("svg", { class: `icon icon-${name}`, viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: Paths[name] }));
}
