/** Runs `work` at once, then at most once per `everyMs`; the last call is never lost. */
export function throttle(work, everyMs) {
  let last = -Infinity;
  let timer = 0;
  const run = () => {
    timer = 0;
    last = performance.now();
    work();
  };
  const call = () => {
    if (timer) return;
    const wait = last + everyMs - performance.now();
    if (wait <= 0) run();
    else timer = setTimeout(run, wait);
  };
  call.cancel = () => {
    clearTimeout(timer);
    timer = 0;
  };
  return call;
}

export function debounce(work, waitMs) {
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...args), waitMs);
  };
}

const CalmEveryMs = 900;
const HandsOffMs = 900;
const LongestHoldMs = 3000;

/**
 * Decides when a newer Home may replace the one on screen. What the listener caused shows at once. What others caused
 * waits its turn, and for a hand that is just reaching for a card: nothing should move away under the pointer.
 * Only the latest page is kept; it is complete in itself.
 */
export function pacePages(render, isAwaited) {
  let waiting = null;
  let waitingSince = 0;
  let lastRender = -Infinity;
  let lastTouch = -Infinity;
  let timer = 0;

  function tryRender() {
    clearTimeout(timer);
    if (!waiting) return;
    const now = performance.now();
    const calm = lastRender + CalmEveryMs - now;
    const hands = Math.min(lastTouch + HandsOffMs, waitingSince + LongestHoldMs) - now;
    const wait = isAwaited() ? 0 : Math.max(calm, hands);
    if (wait > 0) {
      timer = setTimeout(tryRender, wait);
      return;
    }
    const page = waiting;
    waiting = null;
    lastRender = now;
    render(page);
  }

  return {
    offer(page) {
      if (!waiting) waitingSince = performance.now();
      waiting = page;
      tryRender();
    },
    touched() {
      lastTouch = performance.now();
    },
    clear() {
      clearTimeout(timer);
      waiting = null;
      lastRender = -Infinity;
    },
  };
}
