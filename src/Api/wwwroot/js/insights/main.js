import { api } from "../api.js";
import { el, setText } from "../dom.js";
import { count, percent, shortCount } from "../format.js";
import { createChart } from "./chart.js";
import { drawExperiments } from "./experiments.js";

const EveryMs = 10000;
const PatienceMs = 8000;
const HourMs = 3600000;
const Colours = 9;
const Ranges = { "6 hours": 6, "24 hours": 24, "2 days": 48, "7 days": 168, "14 days": 336 };
const ShelfNames = { buddies: "From your buddies", taste: "Close to your taste", now: "Right now", because: "Because you played", followed: "Your buddies just followed", again: "Jump back in", new: "Something new", popular: "Popular", near: "Popular near you" };
const share = (part, whole) => (whole > 0 ? part / whole : null);
const Metrics = {
  "opened of what was seen": { of: (t) => share(t.clicks, t.seen), format: percent },
  "plays for each card seen": { of: (t) => share(t.plays, t.seen), format: (value) => value.toFixed(2) },
  "minutes listened": { of: (t) => t.listenMs / 60000, format: (value) => shortCount(Math.round(value)) },
  "kept of what was seen": { of: (t) => share(t.kept, t.seen), format: percent },
  "hidden of what was seen": { of: (t) => share(t.hides, t.seen), format: percent },
  "cards sent": { of: (t) => t.cards, format: (value) => shortCount(Math.round(value)) },
};
const Slices = {
  shelf: (row) => ShelfNames[row.shelf] ?? row.shelf,
  listeners: (row) => row.group,
  drawn: (row) => (row.uniform ? "uniformly" : "by the policy"),
  "model version": (row) => `version ${row.snapshotVersion}`,
  together: () => "all",
};
const Orders = { "most recommended": (t) => t.cards, "most kept": (t) => t.kept, "most played": (t) => t.plays };
const Steps = [["started", "Were sent a first page without history"], ["opened", "Opened a card"], ["played", "Played a track"], ["playedThree", "Played three"], ["personal", "Were then sent a page of their own"], ["kept", "Kept something"]];

const byId = (id) => document.getElementById(id);
const chosen = { range: "24 hours", metric: "opened of what was seen", slice: "shelf", order: "most recommended" };
const hourOf = (time) => time.toLocaleString("en", chosen.range.endsWith("days") && chosen.range !== "2 days" ? { month: "short", day: "numeric", hour: "2-digit" } : { weekday: "short", hour: "2-digit", minute: "2-digit" });
const dayOf = (time) => time.toLocaleDateString("en", { month: "short", day: "numeric", timeZone: "UTC" });
const listening = createChart(byId("listening"), { isStacked: true, format: (minutes) => `${shortCount(Math.round(minutes))} min`, label: "Minutes listened by the hour, from recommended playlists and other" });
const engagement = createChart(byId("engagement"), { format: (value) => Metrics[chosen.metric].format(value), label: "Engagement over time" });
let latest = null;

choices("range", Object.keys(Ranges), refresh);
choices("metric", Object.keys(Metrics), drawEngagement);
choices("slice", Object.keys(Slices), drawEngagement);
choices("order", Object.keys(Orders), drawPlaylists);

function choices(name, options, change) {
  const buttons = options.map((option) => el("button", { class: "choice", type: "button", "aria-pressed": String(chosen[name] === option), text: option, click: (event) => {
    chosen[name] = option;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button === event.currentTarget));
    change();
  } }));
  byId(name).replaceChildren(...buttons);
}

function draw() {
  const seen = sum(latest.engagement.map((row) => row.tally));
  byId("figures").replaceChildren(
    figure("pages learned from", count(latest.pagesLearned)),
    figure("cards sent", shortCount(seen.cards)),
    figure("seen", shortCount(seen.seen)),
    figure("opened", shortCount(seen.clicks)));
  const hours = latest.listening.map((row) => new Date(row.at));
  const times = hours.length ? span(hours[0], hours.at(-1), HourMs) : [];
  const at = new Map(latest.listening.map((row) => [Date.parse(row.at), row]));
  const minutes = (name) => times.map((time) => (at.get(time.getTime())?.[name] ?? 0) / 60000);
  listening.show({ times, dateOf: hourOf, series: [
    { name: "from recommended playlists", values: minutes("recommendedMs"), colour: 0 },
    { name: "other", values: minutes("otherMs"), colour: 8 },
  ] });
  drawEngagement();
  drawPlaylists();
  drawNewcomers();
}

function drawEngagement() {
  if (!latest) return;
  const bucket = latest.bucketHours * HourMs;
  const starts = latest.engagement.map((row) => Date.parse(row.at));
  const times = starts.length ? span(new Date(Math.min(...starts)), new Date(Math.max(...starts)), bucket) : [];
  const groups = new Map();
  for (const row of latest.engagement) {
    const name = Slices[chosen.slice](row);
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(row);
  }
  const metric = Metrics[chosen.metric];
  const names = [...groups.keys()].sort();
  engagement.show({ times, dateOf: latest.bucketHours === 1 ? hourOf : dayOf, series: names.map((name, i) => ({
    name,
    colour: i % Colours,
    values: times.map((time) => {
      const rows = groups.get(name).filter((row) => Date.parse(row.at) === time.getTime());
      return rows.length ? metric.of(sum(rows.map((row) => row.tally))) : null;
    }),
  })) });
  table("engagement-table", ["", "sent", "seen", "opened", "plays", "minutes", "likes", "kept", "hidden", "left early"], names.map((name) => {
    const t = sum(groups.get(name).map((row) => row.tally));
    return [name, count(t.cards), count(t.seen), count(t.clicks), count(t.plays), count(Math.round(t.listenMs / 60000)), count(t.likes), count(t.kept), count(t.hides), count(t.fastSkips)];
  }));
}

function drawPlaylists() {
  if (!latest) return;
  const of = Orders[chosen.order];
  const rows = latest.playlists.filter((one) => of(one.tally) > 0).sort((a, b) => of(b.tally) - of(a.tally)).slice(0, 15);
  table("playlists", ["", "sent", "seen", "opened", "plays", "kept", "hidden"], rows.map(({ playlistId, title, tally: t }) =>
    [title || playlistId, count(t.cards), count(t.seen), count(t.clicks), count(t.plays), count(t.kept), count(t.hides)]));
}

function drawNewcomers() {
  const total = (name) => latest.coldStart.reduce((all, day) => all + day[name], 0);
  const started = total("started");
  byId("newcomers").replaceChildren(started === 0
    ? el("p", { class: "note", text: "Nobody without history came in this range." })
    : el("ol", { class: "funnel", role: "list" }, Steps.map(([name, words]) => {
      const fill = el("span", { class: "bar-fill" });
      fill.style.setProperty("--share", (total(name) / started).toFixed(4));
      return el("li", {}, el("span", { text: words }), el("span", { text: `${count(total(name))} · ${percent(total(name) / started)}` }), el("span", { class: "bar", "aria-hidden": "true" }, fill));
    })));
}

function table(id, heads, rows) {
  byId(id).replaceChildren(
    el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col", text: head })))),
    el("tbody", {}, rows.map((row) => el("tr", {}, row.map((cell) => el("td", { text: cell }))))));
}

function sum(tallies) {
  const all = { cards: 0, seen: 0, clicks: 0, plays: 0, listenMs: 0, likes: 0, kept: 0, hides: 0, fastSkips: 0 };
  for (const one of tallies) for (const name of Object.keys(all)) all[name] += one[name];
  return all;
}

const span = (from, to, step) => Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => new Date(from.getTime() + i * step));
const figure = (name, value) => el("div", { class: "figure" }, el("dt", { text: name }), el("dd", { text: value }));

async function refresh() {
  try {
    const asked = chosen.range;
    const [insights, { experiments }] = await Promise.all([api.insights(Ranges[asked], AbortSignal.timeout(PatienceMs)), api.experiments(AbortSignal.timeout(PatienceMs))]);
    if (asked !== chosen.range) return;
    latest = insights;
    setText(byId("live-text"), "Live");
    byId("live").dataset.state = "live";
    draw();
    byId("experiments").replaceChildren(...drawExperiments(experiments));
  } catch {
    setText(byId("live-text"), "No answer");
    byId("live").dataset.state = "offline";
  }
}

async function poll() {
  // A picture that is being read must not be drawn anew under the pointer.
  if (!document.hidden && !document.querySelector(".chart-tip:not([hidden])")) await refresh();
  setTimeout(poll, EveryMs);
}

poll();
