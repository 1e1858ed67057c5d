using System.Text.Json;
using Buddies.Engine.Bandits;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;

namespace Buddies.Training.Validation;

/// <summary>One event as features: what training learns from and what serving logs are described by the same code.</summary>
/// <remarks>Reused from event to event. A feature that an event has no value for is in neither list.</remarks>
internal sealed class Example
{
    private const int MostContextFeatures = 32;
    private const int MostTextLength = 64;

    /// <summary>Features with a number.</summary>
    public List<(string Name, double Value)> Numbers { get; } = [];

    /// <summary>Features with a word.</summary>
    public List<(string Name, string Value)> Texts { get; } = [];

    /// <summary>What happened.</summary>
    public string Kind { get; private set; } = "";

    /// <summary>Whether a track was played or skipped; other kinds have no feature but <see cref="Kind"/>.</summary>
    public bool IsPlay { get; private set; }

    /// <summary>A hash of whose it is: only to tell listeners apart.</summary>
    public ulong Listener { get; private set; }

    /// <summary>Takes an event.</summary>
    /// <param name="event">The event.</param>
    /// <param name="catalogue">Describes tracks.</param>
    public void Read(in UserEvent @event, MusicCatalogue catalogue)
    {
        Numbers.Clear();
        Texts.Clear();
        Kind = @event.Kind.ToWireName();
        Listener = StableHash.Of(@event.User.Value);
        IsPlay = @event.Kind is EventKind.Listen or EventKind.Skip;
        if (!IsPlay)
        {
            return;
        }

        if (@event.PlayedMs is { } played)
        {
            Numbers.Add((FeatureNames.PlayedMs, played));
        }

        if (@event.DurationMs is { } duration)
        {
            Numbers.Add((FeatureNames.DurationMs, duration));
            if (duration > 0 && @event.PlayedMs is { } heard)
            {
                Numbers.Add((FeatureNames.PlayedShare, heard / (double)duration));
            }
        }

        Numbers.Add((FeatureNames.Plays, @event.Plays));
        var track = @event.Track is { } id ? catalogue.Describe(catalogue.Intern(id)) : null;
        Texts.Add((FeatureNames.TrackKnown, track is null ? "no" : "yes"));
        Numbers.Add((FeatureNames.TrackTags, track?.Tags.Count ?? 0));
        if (track is { Tags: [var tag, ..] })
        {
            Texts.Add((FeatureNames.Tag, tag));
        }

        if (@event.Context is { } context)
        {
            ReadContext(context);
        }
    }

    /// <summary>The members of the producer's own value, where that is an object. What is in them is not interpreted.</summary>
    private void ReadContext(string context)
    {
        try
        {
            using var parsed = JsonDocument.Parse(context);
            if (parsed.RootElement.ValueKind != JsonValueKind.Object)
            {
                return;
            }

            foreach (var member in parsed.RootElement.EnumerateObject().Take(MostContextFeatures))
            {
                switch (member.Value.ValueKind)
                {
                    case JsonValueKind.Number when member.Value.TryGetDouble(out var number) && double.IsFinite(number):
                        Numbers.Add((FeatureNames.ContextPrefix + member.Name, number));
                        break;
                    case JsonValueKind.String when member.Value.GetString() is { Length: > 0 and <= MostTextLength } text:
                        Texts.Add((FeatureNames.ContextPrefix + member.Name, text));
                        break;
                    case JsonValueKind.True or JsonValueKind.False:
                        Texts.Add((FeatureNames.ContextPrefix + member.Name, member.Value.GetBoolean() ? "true" : "false"));
                        break;
                    default:
                        break;
                }
            }
        }
        catch (JsonException)
        {
            // The door lets only JSON in; an import may have kept something else.
        }
    }
}

/// <summary>The names of the features that every event is described by.</summary>
public static class FeatureNames
{
    /// <summary>Before the name of what the producer says beside an event.</summary>
    public const string ContextPrefix = "context.";

    /// <summary>Which kind of event; of all events, the others only of plays and skips.</summary>
    public const string Kind = "kind";

    /// <summary>Milliseconds heard.</summary>
    public const string PlayedMs = "playedMs";

    /// <summary>The track's length in milliseconds.</summary>
    public const string DurationMs = "durationMs";

    /// <summary>The first over the second.</summary>
    public const string PlayedShare = "playedShare";

    /// <summary>How many plays a row stands for.</summary>
    public const string Plays = "plays";

    /// <summary>Whether the catalogue describes the track.</summary>
    public const string TrackKnown = "trackKnown";

    /// <summary>How many tags it has.</summary>
    public const string TrackTags = "trackTags";

    /// <summary>Its strongest tag.</summary>
    public const string Tag = "tag";
}
