using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Storage;
using Buddies.Training;

namespace Buddies.Cli.Bench.Faults;

/// <summary>Compares what is left in a store with an independent model of the acknowledged events: log, counts, facts, vectors.</summary>
/// <param name="bench">The store; nobody serves it any more.</param>
/// <param name="producers">Who sent, with what was acknowledged.</param>
/// <param name="say">Told of every difference.</param>
internal sealed class FaultJudge(BenchStore bench, IEnumerable<FaultProducer> producers, Action<string> say)
{
    private readonly Dictionary<string, List<UserEvent>> _acknowledged = producers.SelectMany(producer => producer.Acknowledged)
        .GroupBy(e => e.User.Value).ToDictionary(group => group.Key, group => group.ToList(), StringComparer.Ordinal);

    /// <summary>Listeners with an acknowledged event.</summary>
    public int ListenerCount => _acknowledged.Count;

    /// <summary>What the model makes of the acknowledged events.</summary>
    public Dictionary<string, PlainTaste> Model(IEnumerable<string> listeners)
    {
        var models = new Dictionary<string, PlainTaste>(StringComparer.Ordinal);
        foreach (var listener in listeners)
        {
            var plain = models[listener] = new PlainTaste();
            foreach (var @event in _acknowledged.GetValueOrDefault(listener, []))
            {
                plain.Apply(@event);
            }
        }

        return models;
    }

    /// <summary>Compares.</summary>
    /// <param name="served">By listener, what was served after everything had been recovered.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<(LogVerdict Log, int FactsDiffer, int VectorsDiffer)> JudgeAsync(
        Dictionary<string, Served> served, CancellationToken cancellationToken)
    {
        await using var store = await bench.Choice.OpenAsync(TimeProvider.System, cancellationToken);
        var logged = served.Keys.ToDictionary(listener => listener, _ => new List<UserEvent>(), StringComparer.Ordinal);
        await foreach (var entry in store.Events.ReadAsync(0, cancellationToken))
        {
            if (logged.TryGetValue(entry.Event.User.Value, out var events))
            {
                events.Add(entry.Event);
            }
        }

        var (models, catalogue) = (Model(served.Keys), new MusicCatalogue());
        var saved = await ReadFactsAsync(store, models, catalogue, cancellationToken);
        using var snapshot = await OpenModelAsync(store, cancellationToken);
        var judge = new VectorJudge(snapshot, catalogue, models);
        var (log, facts, vectors) = (default(LogVerdict), 0, 0);
        foreach (var (listener, model) in models)
        {
            log += LogJudge.Judge(_acknowledged.GetValueOrDefault(listener, []), logged[listener], served[listener].Effects);
            facts += Complain(listener, FactJudge.FindDifference(model, saved[listener], catalogue));
            vectors += Complain(listener, judge.FindDifference(listener, saved[listener], served[listener].Buddies));
        }

        return (log, facts, vectors);
    }

    /// <summary>The current model's files.</summary>
    public async Task<Snapshot> OpenModelAsync(IStore store, CancellationToken cancellationToken)
    {
        var current = await store.Models.CurrentAsync(cancellationToken);
        var model = (await store.Models.ListAsync(cancellationToken)).Single(model => model.Version == current.Version);
        return Snapshot.Open(Path.Combine(SnapshotFolders.In(bench.Choice.DataDirectory), model.Folder), model.ManifestSha256);
    }

    /// <summary>The facts as the next start would have them: what was saved last, and the log behind it.</summary>
    private static async Task<Dictionary<string, UserTaste>> ReadFactsAsync(
        IStore store, Dictionary<string, PlainTaste> models, MusicCatalogue catalogue, CancellationToken cancellationToken)
    {
        var saved = models.Keys.ToDictionary(listener => listener, _ => new UserTaste(TasteTransform.Default), StringComparer.Ordinal);
        var through = new Dictionary<string, long>(StringComparer.Ordinal);
        await foreach (var checkpoint in store.Checkpoints.ReadAllAsync(cancellationToken))
        {
            if (saved.ContainsKey(checkpoint.User.Value) && checkpoint.State is { } state)
            {
                saved[checkpoint.User.Value] = UserTaste.Load(state, catalogue, TasteTransform.Default);
                through[checkpoint.User.Value] = checkpoint.Offset;
            }
        }

        foreach (var (listener, facts) in saved)
        {
            foreach (var logged in await store.Events.ReadUserAsync(new UserId(listener), through.GetValueOrDefault(listener), cancellationToken))
            {
                facts.Apply(
                    logged.Event,
                    logged.Event.Track is { } track ? catalogue.Intern(track) : null,
                    logged.Event.Playlist is { } playlist ? catalogue.Intern(playlist) : null);
            }
        }

        return saved;
    }

    private int Complain(string listener, string? difference)
    {
        if (difference is null)
        {
            return 0;
        }

        say($"{listener}: {difference}");
        return 1;
    }
}

/// <summary>What a server said of one listener in the end.</summary>
/// <param name="Effects">Events that took effect.</param>
/// <param name="Buddies">The nearest listeners.</param>
internal sealed record Served(long Effects, IReadOnlyList<(string Listener, float Similarity)> Buddies);
