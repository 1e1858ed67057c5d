const SeenAfterMs = 1000;
const SendEveryMs = 2000;
const AgainAfterMs = 10 * 60 * 1000;
const MostAtOnce = 50;

/**
 * Tells the server which cards were really seen: half of a card on the screen for a second. A playlist counts once in ten
 * minutes, however often its card moves: it is the same card to whoever looks.
 * @param {{send: (cards: Object[]) => void}} deps Sends what was seen.
 */
export function createImpressions({ send }) {
  const cardOf = new WeakMap();
  const timers = new Map();
  const told = new Map();
  let waiting = [];
  let sending = 0;

  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      clearTimeout(timers.get(target));
      timers.delete(target);
      if (isIntersecting) timers.set(target, setTimeout(() => seen(target), SeenAfterMs));
    }
  }, { threshold: 0.5 });

  function seen(node) {
    timers.delete(node);
    const card = cardOf.get(node)?.();
    if (document.hidden || !card || performance.now() - (told.get(card.playlistId) ?? -Infinity) < AgainAfterMs) return;
    told.set(card.playlistId, performance.now());
    waiting.push(card);
    if (waiting.length >= MostAtOnce) flush();
    else sending ||= setTimeout(flush, SendEveryMs);
  }

  function flush() {
    clearTimeout(sending);
    sending = 0;
    if (waiting.length) send(waiting);
    waiting = [];
  }

  addEventListener("pagehide", flush);

  return {
    /** @param {() => Object} card Gives the card as it is now: its impression id changes with every page. */
    watch(node, card) {
      cardOf.set(node, card);
      observer.observe(node);
    },
    /** Sends what was seen by the listener who leaves, and forgets it. */
    clear() {
      flush();
      timers.forEach((timer) => clearTimeout(timer));
      timers.clear();
      told.clear();
      observer.disconnect();
    },
  };
}
