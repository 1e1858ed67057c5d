const whole = new Intl.NumberFormat("en");
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

export const count = (value) => whole.format(value ?? 0);
export const shortCount = (value) => (value >= 100000 ? compact.format(value) : whole.format(value ?? 0));
export const plural = (value, one, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;
export const percent = (share) => (share > 0 && share < 0.01 ? "<1 %" : `${Math.round(share * 100)} %`);

/** In worlds whose items are artists the ids are bare numbers; prose needs the noun. */
export const listener = (id) => `listener ${id}`;
export const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

export function milliseconds(value) {
  if (value < 10) return `${value.toFixed(1)} ms`;
  return value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}

/** "Artist, Title" where they differ; the one name where the item is the artist itself. */
export function trackLabel(track) {
  return hasOwnArtist(track) ? `${track.title} by ${track.artist}` : track.title;
}

export const hasOwnArtist = (track) => Boolean(track.artist) && track.artist !== track.title;
