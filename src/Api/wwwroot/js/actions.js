import { api } from "./api.js";

const FullListenMs = 180000;
const SkippedAfterMs = 4000;

const Nouns = { listen: "listen", skip: "skip", like: "like", unlike: "unlike", hide: "hide", unhide: "undo", follow: "follow", unfollow: "unfollow", save: "save" };

/**
 * Turns what the listener does into events. A click is only told to the server; all else is also timed.
 * @param {{userId: () => string, reactions: Object, notice: Object, onSent: Function}} deps
 */
export function createActions({ userId, reactions, notice, onSent }) {
  /** @returns {Promise<boolean>} Whether the server accepted it; false after saying why in a notice. */
  async function act(kind, target) {
    const event = {
      eventId: newId(),
      userId: userId(),
      kind,
      ...(target.trackId && { trackId: target.trackId }),
      ...(target.playlistId && { playlistId: target.playlistId }),
      ...(kind === "listen" && { playedMs: FullListenMs, durationMs: FullListenMs }),
      ...(kind === "skip" && { playedMs: SkippedAfterMs, durationMs: FullListenMs }),
      occurredAt: new Date().toISOString(),
      context: { source: "page", ...(target.impressionId && { impressionId: target.impressionId }) },
    };
    const noun = Nouns[kind];
    const token = noun ? reactions.begin(noun) : null;
    try {
      const answer = await api.sendEvents([event]);
      const refusal = answer?.rejected?.[0];
      if (refusal) {
        if (token) reactions.cancel(token);
        notice.error("That was not accepted", refusal.error);
        return false;
      }
      onSent(kind);
      return true;
    } catch (problem) {
      if (token) reactions.cancel(token);
      if (noun) notice.problem(problem, "That did not reach the server", "It was not counted; try it again in a moment.");
      return false;
    }
  }

  /** Tells which cards were seen. Nobody waits for it, and one that is lost is not worth a message. */
  function see(cards) {
    const user = userId();
    if (!user) return;
    const occurredAt = new Date().toISOString();
    api.sendEvents(cards.map((card) => ({
      eventId: newId(), userId: user, kind: "impression", playlistId: card.playlistId, occurredAt, context: { source: "page", impressionId: card.impressionId },
    }))).catch(() => {});
  }

  return { act, see };
}

// crypto.randomUUID exists in secure contexts only; a server reached by plain http on a LAN is not one.
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
