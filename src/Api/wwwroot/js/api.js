/** An answer that was not a success: RFC 9457 problem+json where the server sent it. */
export class Problem extends Error {
  constructor({ status = 0, title, detail, type } = {}) {
    super(detail || title || "The server did not answer.");
    this.name = "Problem";
    this.status = status;
    this.title = title || "The server did not answer";
    this.detail = detail || "";
    this.type = type || "about:blank";
  }

  get isOutage() {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

async function call(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { cache: "no-store", ...options, headers: { Accept: "application/json, application/problem+json", ...options.headers } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem();
  }
  const body = await response.json().catch(() => null);
  if (response.status === 401 && !path.startsWith("v1/session")) dispatchEvent(new Event("signed-out"));
  if (!response.ok) {
    throw new Problem({ title: `The server answered ${response.status}`, ...body, status: response.status });
  }
  return body;
}

const segment = encodeURIComponent;
const user = (id) => `v1/users/${segment(id)}`;

export const api = {
  session: () => call("v1/session"),
  signIn: (key) => call("v1/session", { method: "POST", headers: { Authorization: `Bearer ${key}` } }),
  signOut: () => call("v1/session", { method: "DELETE" }),
  status: (signal) => call("v1/status", { signal }),
  searchListeners: (query, signal) => call(`v1/users?query=${segment(query)}&limit=20`, { signal }),
  home: (id, signal) => call(`${user(id)}/home`, { signal }),
  taste: (id, signal) => call(`${user(id)}/taste`, { signal }),
  buddies: (id, k, signal) => call(`${user(id)}/buddies?k=${k}`, { signal }),
  playlist: (id, viewer, signal) => call(`v1/playlists/${segment(id)}?viewer=${segment(viewer)}`, { signal }),
  doorman: (signal) => call("v1/doorman?journal=60", { signal }),
  askDoorman: (path, wish) => call(`v1/${path}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(wish) }),
  liveUrl: (id) => `${user(id)}/home/live`,
  // keepalive: an action taken just before leaving the page still arrives.
  sendEvents: (events) => call("v1/events", { method: "POST", keepalive: true, headers: { "Content-Type": "application/json" }, body: JSON.stringify(events) }),
};
