import { api } from "./api.js";

const FirstRetryMs = 800;
const LongestRetryMs = 8000;

/**
 * Follows one listener's Home and buddies. EventSource itself resumes after a dropped connection (with Last-Event-ID),
 * but gives up for good on an error status, which is what a restarting server or proxy answers: then we start anew.
 * @param {{onHome: Function, onBuddies: Function, onState: (state: "connecting"|"live"|"reconnecting"|"offline") => void, onResume: Function}} handlers
 * `onResume`: the stream is back after a gap; whatever changed meanwhile must be fetched.
 */
export function openLive(userId, { onHome, onBuddies, onState, onResume }) {
  let source = null;
  let timer = 0;
  let attempts = 0;
  let wasLive = false;
  let closed = false;

  function connect() {
    clearTimeout(timer);
    source = new EventSource(api.liveUrl(userId));
    source.addEventListener("open", () => {
      attempts = 0;
      onState("live");
      if (wasLive) onResume();
      wasLive = true;
    });
    receive("home", onHome);
    receive("buddies", onBuddies);
    source.addEventListener("error", () => {
      if (closed) return;
      if (source.readyState === EventSource.CONNECTING) {
        onState("reconnecting");
        return;
      }
      source.close();
      attempts++;
      onState(attempts > 1 ? "offline" : "reconnecting");
      timer = setTimeout(connect, retryDelay(attempts));
    });
  }

  function receive(name, handle) {
    source.addEventListener(name, (event) => {
      let data;
      try {
        data = JSON.parse(event.data);
      } catch {
        return;
      }
      handle(data);
    });
  }

  function retryNow() {
    if (closed || source.readyState !== EventSource.CLOSED) return;
    connect();
  }

  onState("connecting");
  connect();
  addEventListener("online", retryNow);

  return {
    retryNow,
    close() {
      closed = true;
      clearTimeout(timer);
      removeEventListener("online", retryNow);
      source.close();
    },
  };
}

// Jittered: all pages of a restarted server would otherwise come back in the same instant.
function retryDelay(attempts) {
  return Math.min(LongestRetryMs, FirstRetryMs * 2 ** (attempts - 1)) * (0.75 + Math.random() * 0.5);
}
