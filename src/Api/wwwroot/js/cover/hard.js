import { circle, path, quarter, rect, round, stroke } from "./geometry.js";

// The straight and tiled styles. Each takes a seeded random source and inks [ground, ...four others].

/** Quarter discs on a grid: tiles as the Bauhaus liked them. */
export function tiles(random, inks) {
  const cells = random.pick([3, 4, 4]);
  const size = 100 / cells;
  const shapes = [rect(0, 0, 100, 100, inks[0])];
  for (let row = 0; row < cells; row++) {
    for (let column = 0; column < cells; column++) {
      const [x, y] = [column * size, row * size];
      const [under, over] = random.shuffled(inks);
      shapes.push(rect(x, y, size + 0.2, size + 0.2, under));
      const kind = random.next();
      if (kind < 0.62) shapes.push(quarter(x, y, size, random.whole(0, 3), over));
      else if (kind < 0.8) shapes.push(circle(x + size / 2, y + size / 2, size * 0.36, over));
      else if (kind < 0.9) shapes.push(quarter(x, y, size / 2, 2, over), quarter(x + size / 2, y + size / 2, size / 2, 0, over));
    }
  }
  return shapes;
}

/** Rainbow arches from one corner or the floor. */
export function arches(random, inks) {
  const shapes = [rect(0, 0, 100, 100, inks[4])];
  const [cx, cy] = random.pick([[0, 100], [100, 100], [50, 100], [50, 100], [0, 0]]);
  const outer = cx === 50 ? random.between(58, 78) : random.between(88, 116);
  const bands = random.whole(4, 6);
  const order = random.shuffled([inks[0], inks[1], inks[2], inks[3]]);
  for (let i = 0; i < bands; i++) {
    const r = outer * (1 - i / (bands + 0.8));
    shapes.push(circle(cx, cy, r, order[i % 4]), circle(cx, cy, r - outer / (bands + 0.8) * 0.72, inks[4]));
  }
  if (cx === 50) shapes.push(circle(cx, cy, outer * 0.14, order[0]));
  else shapes.push(circle(100 - cx + (cx ? 22 : -22), 100 - cy + (cy ? 22 : -22), 8.5, order[0]));
  return shapes;
}

/** An equaliser caught at one moment. */
export function spectrum(random, inks) {
  const shapes = [rect(0, 0, 100, 100, inks[0])];
  const bars = random.whole(9, 15);
  const step = 84 / bars;
  const [a, b] = [random.between(0, 6.3), random.between(0, 6.3)];
  const mirrored = random.chance(0.6);
  for (let i = 0; i < bars; i++) {
    const swing = 0.5 + 0.3 * Math.sin(i * 0.9 + a) + 0.2 * Math.sin(i * 2.3 + b);
    const height = 10 + 62 * Math.max(0, swing) * (0.65 + 0.35 * Math.sin((Math.PI * (i + 0.5)) / bars));
    const y = mirrored ? 50 - height / 2 : 86 - height;
    const ink = inks[1 + Math.min(3, Math.floor((height - 10) / 16))];
    shapes.push(rect(8 + i * step + step * 0.16, y, step * 0.68, height, ink, { rx: round(step * 0.34) }));
  }
  return shapes;
}

/** A print screen: dots that swell across the sheet. */
export function halftone(random, inks) {
  const shapes = [rect(0, 0, 100, 100, inks[0])];
  const angle = random.between(0, Math.PI * 2);
  const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
  const focus = random.chance(0.5) ? [random.between(20, 80), random.between(20, 80)] : null;
  const cells = 9;
  for (let row = 0; row < cells; row++) {
    for (let column = 0; column < cells; column++) {
      const x = ((column + 0.5) / cells) * 100;
      const y = ((row + 0.5) / cells) * 100;
      const level = focus
        ? Math.max(0, 1 - Math.hypot(x - focus[0], y - focus[1]) / 82)
        : Math.min(1, Math.max(0, 0.5 + ((x - 50) * dx + (y - 50) * dy) / 105));
      const r = 0.8 + level * 5.6;
      shapes.push(circle(x, y, r, level > 0.8 ? inks[3] : level > 0.45 ? inks[2] : inks[4]));
    }
  }
  return shapes;
}

/** Truchet's tiles: two arcs a square, which join into one wandering line. */
export function maze(random, inks) {
  const shapes = [rect(0, 0, 100, 100, inks[0])];
  const cells = random.pick([3, 4, 5]);
  const size = 100 / cells;
  const half = size / 2;
  let d = "";
  for (let row = 0; row < cells; row++) {
    for (let column = 0; column < cells; column++) {
      const [x, y] = [column * size, row * size];
      const [l, t, r, b, mx, my, h] = [x, y, x + size, y + size, x + half, y + half, half].map(round);
      d += random.chance(0.5)
        ? `M${mx} ${t}A${h} ${h} 0 0 1 ${l} ${my}M${mx} ${b}A${h} ${h} 0 0 1 ${r} ${my}`
        : `M${mx} ${t}A${h} ${h} 0 0 0 ${r} ${my}M${mx} ${b}A${h} ${h} 0 0 0 ${l} ${my}`;
    }
  }
  shapes.push(stroke(d, inks[1], half * 0.92), stroke(d, inks[2], half * 0.52), stroke(d, inks[4], half * 0.14));
  return shapes;
}

/** Slanting ribbons behind one disc. */
export function ribbons(random, inks) {
  const shapes = [rect(0, 0, 100, 100, inks[0])];
  const slope = random.pick([-1, 1]) * random.between(35, 75);
  let x = -80;
  let index = random.whole(0, 3);
  while (x < 180) {
    const width = random.between(7, 20);
    if (index % 5 !== 4) {
      shapes.push(path(`M${round(x)} 0h${round(width)}l${round(-slope)} 100h${round(-width)}z`, inks[1 + (index % 4)]));
    }
    x += width + random.pick([0, 0, 3, 6]);
    index++;
  }
  const r = random.between(17, 25);
  const [cx, cy] = [random.between(34, 66), random.between(34, 66)];
  shapes.push(circle(cx, cy, r, inks[0]), circle(cx, cy, r * 0.6, inks[4]), circle(cx, cy, r * 0.14, inks[0]));
  return shapes;
}
