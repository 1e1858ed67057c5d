// Everything is drawn on a 100 × 100 board. Coordinates are rounded so that a cover is short text and easy to compare.
export const round = (value) => Math.round(value * 100) / 100;

export const rect = (x, y, width, height, fill, more = {}) =>
  ({ tag: "rect", attrs: { x: round(x), y: round(y), width: round(width), height: round(height), fill, ...more } });

export const circle = (cx, cy, r, fill, more = {}) =>
  ({ tag: "circle", attrs: { cx: round(cx), cy: round(cy), r: round(r), fill, ...more } });

export const path = (d, fill, more = {}) => ({ tag: "path", attrs: { d, fill, ...more } });

export const stroke = (d, color, width, more = {}) =>
  path(d, "none", { stroke: color, "stroke-width": round(width), "stroke-linecap": "round", "stroke-linejoin": "round", ...more });

export const polyline = (points) => points.map(([x, y], i) => `${i ? "L" : "M"}${round(x)} ${round(y)}`).join("");

export const turn = (degrees, cx = 50, cy = 50) => `rotate(${round(degrees)} ${round(cx)} ${round(cy)})`;

/** A quarter disc that fills the square at (x, y), its corner at the given corner 0 to 3, clockwise from top left. */
export function quarter(x, y, size, corner, fill) {
  const r = round(size);
  const [x0, y0, x1, y1] = [x, y, x + size, y + size].map(round);
  const d = [
    `M${x0} ${y0}H${x1}A${r} ${r} 0 0 1 ${x0} ${y1}Z`,
    `M${x1} ${y0}V${y1}A${r} ${r} 0 0 1 ${x0} ${y0}Z`,
    `M${x1} ${y1}H${x0}A${r} ${r} 0 0 1 ${x1} ${y0}Z`,
    `M${x0} ${y1}V${y0}A${r} ${r} 0 0 1 ${x1} ${y1}Z`,
  ][corner];
  return path(d, fill);
}
