using System.Text.Json;

namespace Buddies.Engine.Insights;

/// <summary>What outlives the process, and what several processes make of it together.</summary>
public sealed partial class HomeInsights
{
    /// <summary>The days that have changed since the last time, each as text to be kept; and those that are too old, without one.</summary>
    /// <returns>The day, counted since 1970, and its text.</returns>
    public List<(long Day, string Text)> TakeChanged()
    {
        lock (_lock)
        {
            var changed = new List<(long, string)>();
            foreach (var (number, day) in _days.ToArray())
            {
                if (number <= _newest - options.InsightDays)
                {
                    _days.Remove(number);
                    changed.Add((number, ""));
                }
                else if (day.IsDirty)
                {
                    day.IsDirty = false;
                    changed.Add((number, JsonSerializer.Serialize(Kept.Of(day))));
                }
            }

            return changed;
        }
    }

    /// <summary>Hands over everything that was counted since the last time, and counts from nothing again.</summary>
    /// <returns>The day, counted since 1970, and its text.</returns>
    public List<(long Day, string Text)> TakeAll()
    {
        lock (_lock)
        {
            var taken = CopyAll();
            _days.Clear();
            return taken;
        }
    }

    /// <summary>The same, without letting go of it.</summary>
    /// <returns>The day, counted since 1970, and its text.</returns>
    public List<(long Day, string Text)> CopyAll()
    {
        lock (_lock)
        {
            return [.. _days.Select(pair => (pair.Key, JsonSerializer.Serialize(Kept.Of(pair.Value))))];
        }
    }

    /// <summary>Adds what was counted elsewhere, or before, to a day.</summary>
    /// <param name="number">The day, counted since 1970.</param>
    /// <param name="text">From <see cref="TakeAll"/> or <see cref="TakeChanged"/>; empty for nothing.</param>
    public void Add(long number, string text)
    {
        if (text?.Length > 0 && JsonSerializer.Deserialize<Kept>(text) is { } kept)
        {
            lock (_lock)
            {
                (_days.TryGetValue(number, out var day) ? day : _days[number] = new Day()).Dirty().Add(kept.ToDay());
            }
        }
    }

    /// <summary>Takes up a day as it was kept.</summary>
    /// <param name="number">The day, counted since 1970.</param>
    /// <param name="text">From <see cref="TakeChanged"/>; empty for nothing.</param>
    public void Read(long number, string text)
    {
        if (text?.Length > 0 && JsonSerializer.Deserialize<Kept>(text) is { } kept)
        {
            _days[number] = kept.ToDay();
            _newest = Math.Max(_newest, number);
        }
    }

    private sealed record Kept(
        KeyValuePair<InsightKey, InsightTally>[] Cells, Dictionary<string, InsightTally> Playlists, long[][] Listening, ColdStartTally ColdStart)
    {
        /// <summary>Of the many playlists of a day those stay that anybody would ask for.</summary>
        private const int MostPlaylists = 1_000;

        public static Kept Of(Day day) => new(
            [.. day.Cells],
            day.Playlists.OrderByDescending(pair => pair.Value.Kept).ThenByDescending(pair => pair.Value.Cards).ThenBy(pair => pair.Key, StringComparer.Ordinal)
                .Take(MostPlaylists).ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal),
            [.. day.Listening.Select(hour => new[] { hour.Recommended, hour.Other })],
            day.ColdStart);

        public Day ToDay()
        {
            var day = new Day { ColdStart = ColdStart };
            foreach (var (key, tally) in Cells)
            {
                day.Cells[key] = tally;
            }

            foreach (var (playlist, tally) in Playlists)
            {
                day.Playlists[playlist] = tally;
            }

            for (var hour = 0; hour < day.Listening.Length; hour++)
            {
                day.Listening[hour] = (Listening[hour][0], Listening[hour][1]);
            }

            return day;
        }
    }
}
