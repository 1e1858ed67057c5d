import { circle, path, polyline, rect, round, stroke, turn } from "./geometry.js";

// The round and flowing styles. Each takes a seeded random source and inks [ground, ...four others].

/** Discs inside one another, drifting to one side. */
export function rings(random, inks) {
  const turns = random.whole(5, 8);
  const angle = random.between(0, Math.PI * 2);
  const drift = random.between(0.25, 0.7);
  const shapes = [rect(0, 0, 100, 100, inks[0])];
  for (let i = 0; i < turns; i++) {
    const r = 62 * (1 - i / turns);
    const shift = (62 - r) * drift;
    shapes.push(circle(50 + Math.cos(angle) * shift, 50 + Math.sin(angle) * shift, r, inks[1 + (i % 4)]));
  }
  return shapes;
}

/** Swells of water under a disc. */
export function waves(random, inks) {
  const shapes = [rect(0, 0, 100, 100, inks[0]), circle(random.between(24, 76), random.between(22, 36), random.between(12, 19), inks[3])];
  const layers = random.whole(4, 6);
  const length = random.between(34, 72);
  for (let i = 0; i < layers; i++) {
    const base = 36 + (64 / layers) * i;
    const height = random.between(3.5, 8.5);
    const phase = random.between(0, Math.PI * 2);
    const points = [];
    for (let x = -2; x <= 102; x += 4) {
      points.push([x, base + Math.sin((x / length) * Math.PI * 2 + phase) * height]);
    }
    shapes.push(path(`${polyline(points)}L102 102L-2 102Z`, inks[[1, 2, 4, 3][i % 4]]));
  }
  return shapes;
}

/** Ridges, lighter with distance, and a low sun. */
export function hills(random, inks) {
  const shapes = [rect(0, 0, 100, 100, inks[4])];
  const sunX = random.between(26, 74);
  const sunY = random.between(34, 48);
  const sunR = random.between(14, 22);
  shapes.push(circle(sunX, sunY, sunR * 1.5, inks[3], { "fill-opacity": 0.35 }), circle(sunX, sunY, sunR, inks[3]));
  for (let layer = 0; layer < 3; layer++) {
    const base = 50 + layer * 15;
    const [a, b] = [random.between(0, 6.3), random.between(0, 6.3)];
    const rough = random.between(3, 7);
    const points = [];
    for (let x = -2; x <= 102; x += 3) {
      points.push([x, base + Math.sin(x / 19 + a) * rough + Math.sin(x / 7 + b) * rough * 0.35]);
    }
    shapes.push(path(`${polyline(points)}L102 102L-2 102Z`, inks[2 - layer]));
  }
  return shapes;
}

/** A flower of overlapping petals. */
export function petals(random, inks) {
  const shapes = [rect(0, 0, 100, 100, inks[0])];
  const around = random.whole(6, 11);
  const start = random.between(0, 60);
  const fat = random.between(7, 12);
  for (const [reach, ink, offset] of [[27, inks[1], 0], [24, inks[2], 180 / around], [17, inks[3], 0]]) {
    for (let i = 0; i < around; i++) {
      shapes.push({
        tag: "ellipse",
        attrs: { cx: 50, cy: round(50 - reach), rx: round(fat * (reach / 27)), ry: round(reach * 0.78), fill: ink, "fill-opacity": 0.88, transform: turn(start + offset + (360 / around) * i) },
      });
    }
  }
  shapes.push(circle(50, 50, random.between(7, 11), inks[4]));
  return shapes;
}

/** One closed line that swings in two frequencies, like a record's groove under a lens. */
export function orbit(random, inks) {
  const [p, q] = random.pick([[3, 2], [5, 3], [5, 4], [7, 4], [4, 3], [7, 5]]);
  const phase = random.between(0.2, 1.3);
  const shapes = [rect(0, 0, 100, 100, inks[0]), circle(50, 50, 45, inks[1], { "fill-opacity": 0.55 })];
  for (const [scale, ink, width] of [[38, inks[2], 5.5], [38, inks[4], 1.6]]) {
    const points = [];
    for (let i = 0; i < 180; i++) {
      const t = (i / 180) * Math.PI * 2;
      points.push([50 + Math.sin(p * t + phase) * scale, 50 + Math.sin(q * t) * scale]);
    }
    shapes.push(stroke(`${polyline(points)}Z`, ink, width));
  }
  shapes.push(circle(50, 50, 4.5, inks[3]));
  return shapes;
}

/** Height lines of an imagined island. */
export function contours(random, inks) {
  const shapes = [rect(0, 0, 100, 100, inks[0])];
  const cx = random.between(36, 64);
  const cy = random.between(36, 64);
  const waves = [2, 3, 5].map((n) => [n, random.between(0, 6.3), random.between(0.05, 0.17)]);
  const levels = random.whole(8, 10);
  for (let level = levels; level > 0; level--) {
    const radius = (level / levels) * 74;
    const points = [];
    for (let i = 0; i < 72; i++) {
      const t = (i / 72) * Math.PI * 2;
      const r = radius * waves.reduce((sum, [n, phase, size]) => sum + Math.sin(n * t + phase + level * 0.09) * size, 1);
      points.push([cx + Math.cos(t) * r, cy + Math.sin(t) * r]);
    }
    const band = level > levels * 0.62 ? inks[0] : level > levels * 0.3 ? inks[1] : inks[2];
    shapes.push({ tag: "path", attrs: { d: `${polyline(points)}Z`, fill: band, stroke: level === 1 ? inks[3] : inks[4], "stroke-width": level === 1 ? 3 : 1, "stroke-opacity": level === 1 ? 1 : 0.75 } });
  }
  return shapes;
}
