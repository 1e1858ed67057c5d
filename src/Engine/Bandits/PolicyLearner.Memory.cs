using System.Text.Json;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;

namespace Buddies.Engine.Bandits;

public sealed partial class PolicyLearner
{
    private const int MemoryFormat = 1;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    /// <summary>Everything learned as text, to be kept over a restart.</summary>
    /// <returns>JSON; equal learners write equal texts.</returns>
    public string Write() => JsonSerializer.Serialize(
        new Memory(
            MemoryFormat,
            Rewards.Version,
            _version,
            Pages,
            _outer,
            _products,
            _squares.Count,
            _squares.Sum,
            [.. _shelves.OrderBy(pair => pair.Key.Segment).ThenBy(pair => pair.Key.Shelf, StringComparer.Ordinal)
                .Select(pair => new ShelfMemory(pair.Key.Segment, pair.Key.Shelf, pair.Value.Count, pair.Value.Sum))],
            [],
            [.. _playlists.Tallies.OrderBy(pair => pair.Key.Value, StringComparer.Ordinal)
                .Select(pair => new FactorMemory(pair.Key.Value, pair.Value.Promised, pair.Value.Surplus))],
            _playlists.Squares.Promised,
            _playlists.Squares.Surplus,
            [.. _hides]),
        s_json);

    /// <summary>Takes up what was written before.</summary>
    /// <param name="weights">The ranker's weights.</param>
    /// <param name="text">From <see cref="Write"/>.</param>
    /// <returns>Null where the text is of another format, of other rewards or damaged: then learning starts anew.</returns>
    public static PolicyLearner? Read(RankingWeights weights, string text)
    {
        Memory? memory;
        try
        {
            memory = JsonSerializer.Deserialize<Memory>(text, s_json);
        }
        catch (JsonException)
        {
            return null;
        }

        memory = memory is null ? null : Complete(memory);
        if (memory is not { Format: MemoryFormat, RewardVersion: Rewards.Version, Outer: not null, Products: not null, Shelves: not null, Playlists: not null }
            || memory.Outer.Length != CardFeatures.Count * CardFeatures.Count
            || memory.Products.Length != CardFeatures.Count
            || memory.Hides?.Any(hide => hide is not { IsWhole: true }) == true
            || memory.SquareCount < 0 || memory.SquareSum < 0
            || memory.Shelves.Any(shelf => shelf.Segment is < 0 or >= Segments.Count || shelf.Shelf is null || shelf.Count < 0)
            || memory.Promised < 0 || memory.PromisedSquares < 0
            || memory.Factors?.Any(factor => factor.Id is null || factor.Promised < 0) == true)
        {
            return null;
        }

        // What was written before spreads were learned has none: they start anew.
        var learner = new PolicyLearner(weights)
        {
            _version = memory.Version, Pages = memory.Pages, _squares = new ArmTally(memory.SquareCount, memory.SquareSum),
        };
        memory.Outer.CopyTo(learner._outer, 0);
        memory.Products.CopyTo(learner._products, 0);
        foreach (var shelf in memory.Shelves)
        {
            learner._shelves[(shelf.Segment, shelf.Shelf)] = new ArmTally(shelf.Count, shelf.Sum);
        }

        // What was written before playlists had factors has terms instead: of those, single playlists start anew.
        learner._playlists.Squares = new PlaylistTally(memory.Promised, memory.PromisedSquares);
        foreach (var factor in memory.Factors ?? [])
        {
            learner._playlists.Take(new PlaylistId(factor.Id), new PlaylistTally(factor.Promised, factor.Surplus));
        }

        foreach (var hide in memory.Hides ?? [])
        {
            learner._hides.AddLast(hide);
        }

        learner._cards = learner.SolveCards();
        return learner;
    }

    /// <summary>Takes up what was learned when there were fewer features: of those that came since, nothing was seen.</summary>
    private static Memory Complete(Memory memory)
    {
        const int Former = CardFeatures.FormerCount;
        if (memory is not { Outer.Length: Former * Former, Products.Length: Former })
        {
            return memory;
        }

        var outer = new double[CardFeatures.Count * CardFeatures.Count];
        var products = new double[CardFeatures.Count];
        memory.Products.CopyTo(products, 0);
        for (var i = 0; i < Former; i++)
        {
            memory.Outer.AsSpan(i * Former, Former).CopyTo(outer.AsSpan(i * CardFeatures.Count));
        }

        return memory with
        {
            Outer = outer,
            Products = products,
            Hides = memory.Hides is null ? null : [.. memory.Hides.Select(hide => hide is { Features: not null } ? hide with { Features = CardFeatures.Complete(hide.Features) } : hide)],
        };
    }

    // Playlists are terms of single ones, which a process of the version before reads: none are written any more.
    private sealed record Memory(
        int Format, int RewardVersion, int Version, long Pages, double[] Outer, double[] Products, double SquareCount, double SquareSum, ShelfMemory[] Shelves, JsonElement[] Playlists,
        FactorMemory[]? Factors, double Promised, double PromisedSquares, LearnedHide[]? Hides);

    private sealed record ShelfMemory(int Segment, string Shelf, double Count, double Sum);

    private sealed record FactorMemory(string Id, double Promised, double Surplus);
}
