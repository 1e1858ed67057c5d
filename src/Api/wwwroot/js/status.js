import { api } from "./api.js";

const EveryMs = 2000;
const PatienceMs = 6000;
const RateWindow = 3;

/**
 * Watches the server's status. Tells every answer and every silence, so the page can survive a restart.
 * @param {{onStatus: (status: Object, eventsPerSecond: number|null) => void, onSilence: Function}} handlers
 */
export function watchStatus({ onStatus, onSilence }) {
  const samples = [];

  async function poll() {
    if (!document.hidden) {
      try {
        const status = await api.status(AbortSignal.timeout(PatienceMs));
        onStatus(status, rateOf(status));
      } catch {
        samples.length = 0;
        onSilence();
      }
    }
    setTimeout(poll, EveryMs);
  }

  function rateOf({ eventsApplied }) {
    const last = samples.at(-1);
    // The count starts again with the server.
    if (last && eventsApplied < last.eventsApplied) samples.length = 0;
    samples.push({ eventsApplied, at: performance.now() });
    if (samples.length > RateWindow) samples.shift();
    const [first] = samples;
    const now = samples.at(-1);
    return samples.length < 2 ? null : ((now.eventsApplied - first.eventsApplied) / (now.at - first.at)) * 1000;
  }

  poll();
}
