const GiveUpMs = 2000;

/**
 * Measures what the product promises: from the listener's click to the changed Home on the screen.
 * One action is watched at a time, the latest; an earlier one is answered by the same page.
 * @param {(outcome: {kind: string, noun: string, elapsedMs?: number, serverMs?: number, change?: Object}) => void} report
 */
export function createReactions(report) {
  let pending = null;

  function begin(noun) {
    cancel();
    pending = { noun, startedAt: performance.now(), timer: setTimeout(giveUp, GiveUpMs) };
    report({ kind: "waiting", noun });
    return pending;
  }

  function giveUp() {
    const { noun } = pending;
    pending = null;
    report({ kind: "unchanged", noun });
  }

  function cancel(token = pending) {
    if (!pending || token !== pending) return;
    clearTimeout(pending.timer);
    pending = null;
    report({ kind: "idle" });
  }

  /** @param {{fresh: number, moved: number, gone: number, reworded: number}} change What differs from the page before. */
  function homeRendered(change, latencyMs) {
    const nothing = !change.fresh && !change.moved && !change.gone && !change.reworded;
    if (!pending || nothing) return;
    const done = pending;
    clearTimeout(done.timer);
    pending = null;
    afterPaint(() => report({ kind: "moved", noun: done.noun, elapsedMs: performance.now() - done.startedAt, serverMs: latencyMs, change }));
  }

  return { begin, cancel, homeRendered, isAwaited: () => pending !== null };
}

/** The DOM being changed is not yet the listener seeing it: the clock stops once the frame has been handed over. */
function afterPaint(done) {
  if (document.hidden) {
    done();
    return;
  }
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = done;
    channel.port2.postMessage(null);
  });
}
