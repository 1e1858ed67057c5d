/**
 * What a listener would notice between two pages. A card counts as moved when its neighbours' order changed around it,
 * not when one insertion pushed the rest of the shelf along: order is compared among the cards both pages have.
 * @returns {{fresh: Set<string>, moved: Set<string>, gone: Set<string>}} Playlist ids.
 */
export function differenceOf(before, after) {
  const old = positions(before);
  const now = positions(after);
  const fresh = new Set([...now.keys()].filter((id) => !old.has(id)));
  const gone = new Set([...old.keys()].filter((id) => !now.has(id)));
  const moved = new Set();
  for (const shelf of after.shelves) {
    const stayed = [];
    for (const { playlistId } of shelf.cards) {
      const from = old.get(playlistId);
      if (!from) continue;
      if (from.shelf !== shelf.id) moved.add(playlistId);
      else stayed.push({ playlistId, index: from.index });
    }
    const still = longestRising(stayed.map(({ index }) => index));
    stayed.forEach(({ playlistId }, i) => {
      if (!still.has(i)) moved.add(playlistId);
    });
  }
  return { fresh, moved, gone };
}

function positions(page) {
  const found = new Map();
  for (const shelf of page.shelves) {
    shelf.cards.forEach((card, index) => found.set(card.playlistId, { shelf: shelf.id, index }));
  }
  return found;
}

/** Positions of one longest increasing subsequence; quadratic, for shelves of at most 50 cards. */
function longestRising(values) {
  const length = values.map(() => 1);
  const from = values.map(() => -1);
  let best = -1;
  values.forEach((value, i) => {
    for (let j = 0; j < i; j++) {
      if (values[j] < value && length[j] + 1 > length[i]) {
        length[i] = length[j] + 1;
        from[i] = j;
      }
    }
    if (best < 0 || length[i] > length[best]) best = i;
  });
  const kept = new Set();
  for (let i = best; i >= 0; i = from[i]) kept.add(i);
  return kept;
}
