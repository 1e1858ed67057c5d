import { arrange, el, setText } from "./dom.js";
import { iconButton, textButton } from "./buttons.js";
import { count, hasOwnArtist, percent } from "./format.js";
import { toggleMark } from "./marks.js";
import { nameOf, remember } from "./names.js";

const ArtistsShown = 8;
const TagsShown = 14;
const TracksShown = 6;
const HiddenShown = 20;

/** A listener's taste in musical facts: artists as bars, tags as chips, and what was put away, with a way back. */
export function createTaste(root, { marks, actions, player, openPlaylist }) {
  const counts = el("dl", { class: "counts" });
  const artists = part("Top artists", el("ul", { class: "artists", role: "list" }));
  const tags = part("Tags", el("ul", { class: "chips", role: "list" }));
  const tracks = part("Top tracks", el("ul", { class: "lines", role: "list" }));
  const follows = part("Follows", el("ul", { class: "lines", role: "list" }));
  const hidden = part("Hidden", el("ul", { class: "lines", role: "list" }));
  const empty = el("p", { class: "empty", hidden: true, text: "No taste yet. Every listen, like and skip shapes it." });
  root.append(empty, counts, artists.node, tags.node, tracks.node, follows.node, hidden.node);
  const bars = new Map();

  function render(taste) {
    for (const track of taste.topTracks) remember("track", track.trackId, track.title);
    renderCounts(taste.counts);
    empty.hidden = taste.counts.events > 0 || taste.counts.tracks > 0;
    counts.hidden = !empty.hidden;
    renderArtists(taste.topArtists.slice(0, ArtistsShown));
    tags.show(taste.topTags.slice(0, TagsShown).map((tag) => el("li", { class: "chip" }, el("span", { text: tag.name }), el("span", { class: "chip-share", text: percent(tag.share) }))));
    // Where a track is the artist itself, the bars above have said it all.
    tracks.show(taste.topTracks.filter(hasOwnArtist).slice(0, TracksShown).map(trackLine));
    follows.show(taste.followedPlaylists.slice(0, HiddenShown).map(followLine));
    hidden.show([
      ...taste.hiddenPlaylists.map((id) => hiddenLine("playlist", id)),
      ...taste.hiddenTracks.map((id) => hiddenLine("track", id)),
    ].slice(0, HiddenShown));
  }

  function renderCounts({ tracks: trackCount, artists: artistCount, events, likes, hidden: hiddenCount, follows: followCount }) {
    const pairs = [["Events", events], ["Tracks", trackCount], ["Artists", artistCount], ["Likes", likes], ["Follows", followCount], ["Hidden", hiddenCount]];
    pairs.forEach(([name, value], i) => {
      const cell = counts.children[i] ?? counts.appendChild(el("div", {}, el("dt", { text: name }), el("dd")));
      setText(cell.lastElementChild, count(value));
    });
  }

  function renderArtists(top) {
    const most = Math.max(...top.map(({ share }) => share), 1e-9);
    const nodes = top.map(({ name, share }) => {
      const row = bars.get(name) ?? createBar(name);
      bars.set(name, row);
      setText(row.value, percent(share));
      row.fill.style.setProperty("--share", (share / most).toFixed(4));
      return row.node;
    });
    for (const [name, row] of bars) if (!nodes.includes(row.node)) bars.delete(name);
    artists.show(nodes);
  }

  function createBar(name) {
    const fill = el("span", { class: "bar-fill" });
    const value = el("span", { class: "artist-share" });
    const node = el("li", { class: "artist" }, el("span", { class: "artist-name", text: name, title: name }), value, el("span", { class: "bar", "aria-hidden": "true" }, fill));
    return { node, fill, value };
  }

  const trackLine = (track) => el("li", { class: "line" },
    iconButton("play", `Play ${track.title}`, () => player.play({ ...track }), { className: "small" }),
    el("span", { class: "line-text" }, el("span", { class: "line-title", text: track.title }), el("span", { class: "line-more", text: track.artist })),
    track.liked && el("span", { class: "line-more", text: "liked" }));

  const followLine = (id) => {
    const name = nameOf("playlist", id);
    return el("li", { class: "line" }, el("span", { class: "line-text" },
      textButton(name, (event) => openPlaylist({ playlistId: id, title: name }, event.currentTarget), { className: "line-button", label: `Open ${name}` })));
  };

  const hiddenLine = (sort, id) => {
    const name = nameOf(sort, id);
    return el("li", { class: "line" }, el("span", { class: "line-text" }, el("span", { class: "line-title", text: name })),
      textButton("Undo", () => undo(sort, id), { iconName: "undo", label: `Show ${name} again` }));
  };

  function undo(sort, id) {
    if (!marks.has("hidden", sort, id)) return;
    toggleMark({ marks, actions }, "hidden", sort, id);
  }

  return {
    render,
    clear() {
      bars.clear();
      counts.replaceChildren();
      empty.hidden = true;
      [artists, tags, tracks, follows, hidden].forEach((section) => section.show([]));
    },
  };
}

/** A titled list that is absent when it would be empty, and left alone when nothing in it changed. */
function part(title, list) {
  const node = el("div", { class: "part", hidden: true }, el("h3", { class: "part-title", text: title }), list);
  const same = (nodes) => nodes.length === list.children.length && nodes.every((item, i) => item === list.children[i] || item.isEqualNode(list.children[i]));
  return {
    node,
    show(nodes) {
      node.hidden = nodes.length === 0;
      if (!same(nodes)) arrange(list, nodes);
    },
  };
}
