import { hash, randomFrom } from "../hash.js";
import { Palettes } from "./palettes.js";
import * as hard from "./hard.js";
import * as soft from "./soft.js";

const Styles = { ...soft, ...hard };
const StyleNames = Object.keys(Styles).sort();

// At 32 px only these keep a silhouette.
const SmallStyles = ["arches", "petals", "rings", "tiles"];

/**
 * Says how a thing looks, from what it is: the same data gives the same picture in every browser, and no image is stored.
 * Pure: no DOM, so it can be tested anywhere.
 * @param {{id: string, title?: string, artists?: string[], small?: boolean}} subject `small`: drawn at icon size.
 * @returns {{style: string, palette: string[], shapes: {tag: string, attrs: Object}[]}} On a 100 × 100 board.
 */
export function describeCover({ id, title = "", artists = [], small = false }) {
  const random = randomFrom(hash([id, title, ...artists].join("\u0001")));
  const style = random.pick(small ? SmallStyles : StyleNames);
  const palette = random.pick(Palettes);
  return { style, palette, shapes: Styles[style](random, inksFrom(random, palette)) };
}

/** The ground is mostly the dark end, sometimes the light end, so that a shelf of covers has a rhythm of both. */
function inksFrom(random, palette) {
  const [dark, ...rest] = palette;
  const light = rest.pop();
  const middle = random.chance(0.5) ? rest : [rest[1], rest[0], rest[2]];
  return random.chance(0.68) ? [dark, ...middle, light] : [light, ...middle.slice().reverse(), dark];
}
