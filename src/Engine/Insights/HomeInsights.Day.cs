namespace Buddies.Engine.Insights;

/// <summary>What is counted of one day, and of one newcomer.</summary>
public sealed partial class HomeInsights
{
    private sealed class Newcomer
    {
        public required long DayNumber { get; init; }

        public int Plays { get; set; }

        public bool HasOpened { get; set; }

        public bool IsPersonal { get; set; }

        public bool HasKept { get; set; }
    }

    private sealed class Day
    {
        public Dictionary<InsightKey, InsightTally> Cells { get; } = [];

        public Dictionary<string, InsightTally> Playlists { get; } = new(StringComparer.Ordinal);

        public (long Recommended, long Other)[] Listening { get; } = new (long, long)[24];

        public ColdStartTally ColdStart { get; init; } = new();

        public bool IsDirty { get; set; }

        public Day Dirty()
        {
            IsDirty = true;
            return this;
        }

        public InsightTally TallyOf(InsightKey key) => Cells.TryGetValue(key, out var tally) ? tally : Cells[key] = new InsightTally();

        /// <summary>Null for one that comes after too many others of that day.</summary>
        public InsightTally? OfPlaylist(string playlist) => Playlists.TryGetValue(playlist, out var tally) ? tally
            : Playlists.Count < MostPlaylistsOfDay ? Playlists[playlist] = new InsightTally()
            : null;

        public void Add(Day other)
        {
            foreach (var (key, tally) in other.Cells)
            {
                TallyOf(key).Add(tally);
            }

            foreach (var (id, tally) in other.Playlists)
            {
                OfPlaylist(id)?.Add(tally);
            }

            for (var hour = 0; hour < Listening.Length; hour++)
            {
                Listening[hour] = (Listening[hour].Recommended + other.Listening[hour].Recommended, Listening[hour].Other + other.Listening[hour].Other);
            }

            ColdStart.Add(other.ColdStart);
        }

        public void Listen(long atMs, long listenMs, bool isRecommended)
        {
            ref var hour = ref Listening[atMs / HourMs % 24];
            hour = isRecommended ? (hour.Recommended + listenMs, hour.Other) : (hour.Recommended, hour.Other + listenMs);
        }
    }
}
