import { api } from "./api.js";
import { createActions } from "./actions.js";
import { BuddyCount, createBuddies } from "./buddies.js";
import { createGauge } from "./gauge.js";
import { createHeader } from "./header.js";
import { createHero } from "./hero.js";
import { createHome } from "./home.js";
import { openLive } from "./live.js";
import { createMarks } from "./marks.js";
import { createNotices } from "./notice.js";
import { pacePages, throttle } from "./pace.js";
import { createPicker } from "./picker.js";
import { createPlayer } from "./player.js";
import { createPlaylistPanel } from "./playlist.js";
import { createReactions } from "./reaction.js";
import { listenerInAddress, writeAddress } from "./route.js";
import { signIn } from "./session.js";
import { createStartup } from "./startup.js";
import { watchStatus } from "./status.js";
import { createTaste } from "./taste.js";

const AsideEveryMs = 350;
// Taste also changes where Home does not, but Home, which is being waited for, goes first.
const AfterHomeMs = 120;
const byId = (id) => document.getElementById(id);

// A listener's token shows that listener alone; an operator's key whomever they open.
const me = await signIn();
const ownId = me.userId ?? null;
byId("picker").hidden = ownId !== null;
document.querySelector(".models-link").hidden = ownId !== null;

const notice = createNotices(byId("notices"));
const marks = createMarks();
const gauge = createGauge(byId("gauge"));
const reactions = createReactions(gauge.show);
const actions = createActions({ userId: () => current?.id, reactions, notice, onSent: () => setTimeout(refreshAside, AfterHomeMs) });
const player = createPlayer(byId("now"), { marks, actions });
const panel = createPlaylistPanel(byId("playlist"), { marks, actions, notice, player, userId: () => current?.id, openListener, covered: [byId("page"), byId("top")] });
const openPlaylist = (card, from) => panel.open(card, from);
const hero = createHero(byId("hero"));
const home = createHome(byId("shelves"), { marks, actions, notice, openPlaylist });
const taste = createTaste(byId("taste"), { marks, actions, player, openPlaylist });
const buddies = createBuddies(byId("buddies"), { openListener });
const picker = createPicker(byId("picker"), { openListener });
const header = createHeader({ live: byId("live"), liveText: byId("live-text"), figures: byId("figures") });
const startup = createStartup({ root: byId("startup"), title: byId("startup-title"), stage: byId("startup-stage"), detail: byId("startup-detail") });

/** The listener on screen: its id, its stream, and the signal that ends whatever still loads for it. */
let current = null;
let isStale = false;

const pages = pacePages(renderHome, reactions.isAwaited);
const refreshAside = throttle(loadAside, AsideEveryMs);
byId("shelves").addEventListener("pointermove", pages.touched, { passive: true });
byId("shelves").addEventListener("pointerdown", pages.touched, { passive: true });

function openListener(id, { fromHistory = false, replace = false } = {}) {
  if (current?.id === id || (ownId !== null && id !== ownId)) return;
  leave();
  const stop = new AbortController();
  current = { id, stop, live: null };
  if (!fromHistory) writeAddress(id, { replace });
  hero.open(id);
  byId("page").hidden = false;
  byId("strip").hidden = false;
  if (!replace && !fromHistory) {
    scrollTo({ top: 0 });
    hero.focus();
  }
  current.live = openLive(id, { onHome, onBuddies, onState: header.showStream, onResume: reload });
  reload();
}

function leave() {
  current?.stop.abort();
  current?.live.close();
  reactions.cancel();
  gauge.clear();
  // A message may offer to undo something, and that something was the listener's who leaves.
  notice.clear();
  refreshAside.cancel();
  pages.clear();
  panel.close();
  player.stop();
  marks.clear();
  home.clear();
  taste.clear();
  buddies.clear();
}

function reload() {
  loadHome();
  loadAside();
}

async function loadHome() {
  await load(api.home, (page) => {
    // The stream may have been faster than this answer.
    if (page.sequence > home.sequence()) renderHome(page);
  });
}

function loadAside() {
  load(api.taste, (summary) => {
    taste.render(summary);
    hero.showTaste(summary);
    marks.adopt(summary);
  });
  // The stream brings them; where there is none, or not yet, ask.
  if (buddies.sequence() < 0) {
    load((id, signal) => api.buddies(id, BuddyCount, signal), (list) => {
      if (buddies.sequence() < 0) buddies.render(list);
    });
  }
}

async function load(ask, show) {
  const asked = current;
  if (!asked) return;
  try {
    const answer = await ask(asked.id, asked.stop.signal);
    if (current === asked) show(answer);
  } catch (problem) {
    if (asked.stop.signal.aborted) return;
    if (problem.isOutage) isStale = true;
    else if (problem.status) notice.problem(problem, "Part of this page could not be loaded", "");
    else throw problem;
  }
}

function onHome(page) {
  // Sequence numbers never go back, so an older page is one that was overtaken.
  if (page.sequence < home.sequence()) return;
  pages.offer(page);
  refreshAside();
}

function onBuddies(list) {
  if (list.sequence < buddies.sequence()) return;
  buddies.render(list);
  refreshAside();
}

function renderHome(page) {
  const change = home.render(page, { isOwn: reactions.isAwaited() });
  hero.showSources(page);
  if (change) reactions.homeRendered(change, page.latencyMs);
}

async function openFirst() {
  const asked = ownId ?? listenerInAddress();
  if (asked) {
    openListener(asked, { replace: true });
    return;
  }
  try {
    const { users } = await api.searchListeners("");
    if (current) return;
    openListener(users[0]?.userId ?? "new", { replace: true });
  } catch {
    // The next status poll tries again.
  }
}

watchStatus({
  onStatus(status, eventsPerSecond) {
    header.showServer(true);
    header.showStatus(status, eventsPerSecond);
    if (!status.ready) {
      isStale = true;
      startup.showStage(status, current !== null);
      return;
    }
    startup.hide();
    if (!current) {
      isStale = false;
      openFirst();
    } else if (isStale) {
      isStale = false;
      current.live.retryNow();
      reload();
    }
  },
  onSilence() {
    isStale = true;
    header.showServer(false);
    startup.showSilence(current !== null);
  },
});

addEventListener("popstate", () => {
  const id = listenerInAddress();
  if (id) openListener(id, { fromHistory: true });
});

addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented) panel.close();
});
addEventListener("pagehide", picker.close);
