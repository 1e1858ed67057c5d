// A taste that was asked for just before a click does not know of it yet.
const TrustClickMs = 2500;

/**
 * What this listener likes, follows and hides, as far as the page knows: first what the server's taste says,
 * over it what was clicked here, at once, so that a button never waits for the network.
 * A click that the server refuses is taken back by its owner.
 */
export function createMarks() {
  const changed = new EventTarget();
  const said = new Map();
  const clicked = new Map();
  const key = (mark, sort, id) => `${mark} ${sort} ${id}`;
  const tell = () => changed.dispatchEvent(new Event("change"));

  return {
    has: (mark, sort, id) => clicked.get(key(mark, sort, id))?.value ?? said.get(key(mark, sort, id)) ?? false,
    set(mark, sort, id, value) {
      clicked.set(key(mark, sort, id), { value, at: performance.now() });
      tell();
    },
    adopt(taste) {
      said.clear();
      for (const track of taste.topTracks) if (track.liked) said.set(key("liked", "track", track.trackId), true);
      for (const id of taste.hiddenTracks) said.set(key("hidden", "track", id), true);
      for (const id of taste.hiddenPlaylists) said.set(key("hidden", "playlist", id), true);
      for (const id of taste.followedPlaylists) said.set(key("followed", "playlist", id), true);
      // These lists are complete, so they overrule older clicks; likes of playlists are told nowhere, so those stay.
      const old = performance.now() - TrustClickMs;
      for (const [name, { at }] of clicked) {
        if (at < old && !name.startsWith("liked ")) clicked.delete(name);
      }
      tell();
    },
    clear() {
      said.clear();
      clicked.clear();
      tell();
    },
    onChange: (listener, signal) => changed.addEventListener("change", listener, { signal }),
  };
}

const Verbs = { liked: ["like", "unlike"], hidden: ["hide", "unhide"], followed: ["follow", "unfollow"] };

/** Flips a mark on the page, tells the server, and flips it back when the server would not have it. */
export async function toggleMark({ marks, actions }, mark, sort, id, more = {}) {
  const value = !marks.has(mark, sort, id);
  marks.set(mark, sort, id, value);
  const target = sort === "track" ? { trackId: id, ...more } : { playlistId: id, ...more };
  const accepted = await actions.act(Verbs[mark][value ? 0 : 1], target);
  if (!accepted) marks.set(mark, sort, id, !value);
  return accepted && value;
}
