using System.Globalization;
using System.Text;

namespace Buddies.Engine.Doorman;

/// <summary>Copies and descriptions, for whoever explores what may come from a state: the model check.</summary>
public sealed partial class DoormanProtocol
{
    /// <summary>A protocol of its own in the same state.</summary>
    internal DoormanProtocol Copy()
    {
        var copy = new DoormanProtocol(_options) { _record = _record, _pending = _pending, _now = _now, _rolloutSince = _rolloutSince };
        Fill(copy._reports, _reports);
        Fill(copy._keptSince, _keptSince);
        Fill(copy._fencingSince, _fencingSince);
        Fill(copy._left, _left);
        Fill(copy._shutOutAt, _shutOutAt);
        copy._fenced.UnionWith(_fenced);
        copy._waiting.AddRange(_waiting);
        return copy;

        static void Fill<TKey, TValue>(SortedDictionary<TKey, TValue> to, SortedDictionary<TKey, TValue> from)
            where TKey : notnull
        {
            foreach (var (key, value) in from)
            {
                to.Add(key, value);
            }
        }
    }

    /// <summary>Writes all of the state that decides what comes next, but for times of day.</summary>
    internal void Describe(StringBuilder text)
    {
        Describe(text, _record);
        Describe(text.Append('w'), _pending?.Write.Next);
        foreach (var report in _reports.Values)
        {
            Describe(text, report);
        }

        foreach (var (version, since) in _keptSince)
        {
            text.Append(CultureInfo.InvariantCulture, $"k{version}:{since}");
        }

        foreach (var (node, since) in _fencingSince)
        {
            text.Append(CultureInfo.InvariantCulture, $"f{node.Node}.{node.Incarnation}:{since}{(_fenced.Contains(node) ? '!' : '?')}");
        }

        foreach (var (node, at) in _shutOutAt)
        {
            text.Append(CultureInfo.InvariantCulture, $"s{node.Node}.{node.Incarnation}:{at}");
        }

        foreach (var node in _left.Keys)
        {
            text.Append(CultureInfo.InvariantCulture, $"l{node.Node}.{node.Incarnation}");
        }

        foreach (var input in _waiting)
        {
            text.Append(CultureInfo.InvariantCulture, $"q{input.GetType().Name}");
        }
    }

    /// <summary>Writes a record, but for times of day and words.</summary>
    internal static void Describe(StringBuilder text, DoormanRecord? record)
    {
        if (record is null)
        {
            text.Append('-');
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"e{record.Epoch}c{record.Current}");
        text.Append(CultureInfo.InvariantCulture, $"a{record.Canary?.Version}%{record.Canary?.Percent}");
        text.Append(CultureInfo.InvariantCulture, $"r{record.Rollout?.Version}{record.Rollout?.Goal}{record.Rollout?.Percent}{record.Rollout?.IsRollback}{record.Rollout?.Began}");
        foreach (var node in record.Nodes)
        {
            text.Append(CultureInfo.InvariantCulture, $"n{node.Node}.{node.Incarnation}");
        }

        foreach (var node in record.Fencing)
        {
            text.Append(CultureInfo.InvariantCulture, $"f{node.Node}.{node.Incarnation}");
        }

        foreach (var version in record.Versions)
        {
            text.Append(CultureInfo.InvariantCulture, $"v{version.Version}{version.State}{version.Replaced}");
        }
    }

    /// <summary>Writes a report.</summary>
    internal static void Describe(StringBuilder text, NodeReport report)
    {
        text.Append(CultureInfo.InvariantCulture, $"o{report.From.Node}.{report.From.Incarnation}@{report.OrderEpoch}s{report.ServingEpoch}p");
        foreach (var version in report.Prepared)
        {
            text.Append(CultureInfo.InvariantCulture, $"{version},");
        }

        foreach (var refusal in report.Refusals)
        {
            text.Append(CultureInfo.InvariantCulture, $"!{refusal.Version}@{refusal.Epoch}");
        }
    }
}
