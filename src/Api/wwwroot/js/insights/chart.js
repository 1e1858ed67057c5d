import { arrange, el, svg } from "../dom.js";

const Height = 240;
const Left = 52;
const Right = 8;
const Top = 10;
const Bottom = 24;

/**
 * Lines or stacked areas over time, with what stands under the pointer or, by the arrow keys, under the cursor.
 * @param {{isStacked?: boolean, format: (value: number) => string, label: string}} options
 */
export function createChart(root, { isStacked = false, format, label }) {
  const off = new Set();
  let width = 800; // As wide as it is on the screen, so that nothing is stretched.
  const picture = svg("svg", { role: "img", tabindex: "0", "aria-label": label });
  const tip = el("div", { class: "chart-tip", role: "status", hidden: true });
  const axis = el("div", { class: "chart" }, picture, tip);
  const legend = el("div", { class: "legend" });
  const empty = el("p", { class: "note", text: "Nothing was counted in this range." });
  root.replaceChildren(axis, legend, empty);
  let data = { times: [], series: [] };
  let at = -1;

  picture.addEventListener("pointermove", (event) => {
    const box = picture.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * width;
    point(Math.round(((x - Left) / (width - Left - Right)) * (data.times.length - 1)));
  });
  picture.addEventListener("pointerleave", () => point(-1));
  picture.addEventListener("blur", () => point(-1));
  picture.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    point(at < 0 ? data.times.length - 1 : at + step);
  });

  /** @param {{times: Date[], series: {name: string, values: (number|null)[], colour: number}[], dateOf: (time: Date) => string}} next */
  function show(next) {
    data = next;
    at = -1;
    tip.hidden = true;
    const isEmpty = data.series.every((one) => one.values.every((value) => !value));
    empty.hidden = !isEmpty;
    axis.hidden = legend.hidden = isEmpty;
    arrange(legend, data.series.map(key));
    draw();
  }

  function key(one) {
    return el("button", { type: "button", class: `colour-${one.colour}`, "aria-pressed": String(!off.has(one.name)), click: () => {
      if (!off.delete(one.name)) off.add(one.name);
      arrange(legend, data.series.map(key));
      draw();
    } }, el("span", { class: "key", "aria-hidden": "true" }), el("span", { text: one.name }));
  }

  const shown = () => data.series.filter((one) => !off.has(one.name));
  const xOf = (i) => Left + (data.times.length < 2 ? 0.5 : i / (data.times.length - 1)) * (width - Left - Right);

  function draw() {
    if (!data.times.length) return;
    const series = shown();
    const sums = data.times.map((_, i) => (isStacked ? series.reduce((sum, one) => sum + (one.values[i] ?? 0), 0) : Math.max(0, ...series.map((one) => one.values[i] ?? 0))));
    const top = niceTop(Math.max(...sums, 0));
    const yOf = (value) => Height - Bottom - (value / top) * (Height - Top - Bottom);
    const parts = [];
    for (const share of [0, 0.5, 1]) {
      parts.push(svg("line", { class: "grid", x1: Left, x2: width - Right, y1: yOf(top * share), y2: yOf(top * share) }), text(Left - 6, yOf(top * share) + 4, format(top * share), "end"));
    }
    const ticks = [0, Math.floor((data.times.length - 1) / 2), data.times.length - 1];
    for (const i of new Set(ticks)) if (i >= 0) parts.push(text(xOf(i), Height - 6, data.dateOf(data.times[i]), i === 0 ? "start" : i === data.times.length - 1 ? "end" : "middle"));
    const base = data.times.map(() => 0);
    for (const one of series) {
      if (isStacked) parts.push(area(one, base, yOf));
      else parts.push(...lines(one, yOf));
    }
    if (at >= 0) parts.push(svg("line", { class: "cursor", x1: xOf(at), x2: xOf(at), y1: Top, y2: Height - Bottom }));
    picture.replaceChildren(...parts);
  }

  function text(x, y, content, anchor) {
    return svg("text", { x, y, "text-anchor": anchor, text: content });
  }

  function area(one, base, yOf) {
    const low = data.times.map((_, i) => [xOf(i), yOf(base[i])]);
    data.times.forEach((_, i) => { base[i] += one.values[i] ?? 0; });
    const high = data.times.map((_, i) => [xOf(i), yOf(base[i])]);
    if (high.length === 1) {
      // A single hour is a column.
      return svg("rect", { class: `area colour-${one.colour}`, x: high[0][0] - 20, width: 40, y: high[0][1], height: Math.max(0, low[0][1] - high[0][1]) });
    }
    return svg("path", { class: `area colour-${one.colour}`, d: `M${[...high, ...low.reverse()].map((p) => p.map((v) => v.toFixed(1)).join(" ")).join("L")}Z` });
  }

  function lines(one, yOf) {
    const drawn = [];
    let run = [];
    const close = () => {
      if (run.length > 1) drawn.push(svg("path", { class: `line colour-${one.colour}`, d: `M${run.map((p) => p.map((v) => v.toFixed(1)).join(" ")).join("L")}` }));
      if (run.length === 1) drawn.push(svg("circle", { class: `dot colour-${one.colour}`, cx: run[0][0], cy: run[0][1], r: 4 }));
      run = [];
    };
    data.times.forEach((_, i) => {
      if (one.values[i] === null) close();
      else run.push([xOf(i), yOf(one.values[i])]);
    });
    close();
    return drawn;
  }

  function point(next) {
    const to = next < 0 ? -1 : Math.max(0, Math.min(data.times.length - 1, next));
    if (to === at) return;
    at = to;
    draw();
    tip.hidden = at < 0;
    if (at < 0) return;
    tip.replaceChildren(el("strong", { text: data.dateOf(data.times[at]) }), el("dl", {}, shown().filter((one) => one.values[at] !== null).map((one) => [el("dt", { text: one.name }), el("dd", { text: format(one.values[at]) })]).flat()));
    const isRight = at > data.times.length / 2;
    tip.style.left = isRight ? "" : `${(xOf(at) / width) * 100 + 2}%`;
    tip.style.right = isRight ? `${(1 - xOf(at) / width) * 100 + 2}%` : "";
  }

  new ResizeObserver(() => {
    width = picture.getBoundingClientRect().width || width;
    picture.setAttribute("viewBox", `0 0 ${width} ${Height}`);
    draw();
  }).observe(picture);

  return { show };
}

function niceTop(value) {
  if (value <= 0) return 1;
  const step = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 2.5, 5, 10].map((times) => times * step).find((top) => top >= value);
}
