const Parameter = "listener";

/** The listener lives in the address, so a page can be shared, reloaded and gone back to. */
export const listenerInAddress = () => new URLSearchParams(location.search).get(Parameter)?.trim() || null;

export function addressOf(listenerId) {
  const parameters = new URLSearchParams({ [Parameter]: listenerId });
  return `?${parameters}`;
}

export function writeAddress(listenerId, { replace = false } = {}) {
  if (listenerInAddress() === listenerId) return;
  history[replace ? "replaceState" : "pushState"](null, "", addressOf(listenerId));
}

/** A real link (middle click, copy, open in a new tab) that a plain click follows inside the page. */
export function followInPage(event, open) {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  open();
}
