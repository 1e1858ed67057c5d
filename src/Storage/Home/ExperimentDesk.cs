using System.Text.Json;
using Buddies.Engine.Bandits;
using Buddies.Engine.Experiments;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;

namespace Buddies.Storage.Home;

/// <summary>
/// One experiment while it runs: whoever is sent a page is exposed, is observed for a while, and counts once. Exposures and
/// observations are a log that a start reads again, and that <c>buddies experiments</c> reads. Safe for concurrent use.
/// </summary>
/// <remarks>
/// What was observed of a listener whose time was not over at a stop is lost, of all variants alike: the time begins anew.
/// </remarks>
public sealed class ExperimentDesk
{
    /// <summary>The sum of a listener's rewards while observed.</summary>
    public const string Reward = "reward";

    /// <summary>Cards hidden while observed: a guard rail.</summary>
    public const string Hides = "hides";

    private const double RewardScale = 0.3;
    private const double HidesScale = 0.1;
    private const double HidesMargin = 0.1;
    private const double HideReward = -0.5;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly Lock _lock = new();
    private readonly HomeExperiment _experiment;
    private readonly string _path;
    private readonly long _observedMs;
    private readonly Dictionary<UserId, Observed> _observing = [];
    private readonly List<Line> _unwritten = [];
    private ExperimentRun _run;
    private HashSet<UserId> _exposed = [];

    /// <summary>Opens it; <see cref="Read"/> takes up what is there.</summary>
    public ExperimentDesk(HomeExperiment experiment, string folder, HomeOptions options)
    {
        _experiment = experiment;
        _path = FileIn(folder, experiment);
        _observedMs = (long)options.ObservedFor.TotalMilliseconds;
        _run = NewRun(experiment);
    }

    /// <summary>An experiment's log in a folder.</summary>
    public static string FileIn(string folder, HomeExperiment experiment) => Path.Combine(folder, experiment.Definition.Name + ".ndjson");

    /// <summary>Where an experiment stands by the logs of several processes: a listener counts once, whichever of them have observed it.</summary>
    public static ExperimentReport ReportOf(HomeExperiment experiment, IEnumerable<string> files)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        var run = NewRun(experiment);
        foreach (var line in files.SelectMany(Lines))
        {
            if (VariantOf(experiment, line) is >= 0 and var variant)
            {
                var user = new UserId(line.User);
                _ = line.Metric is { } metric ? run.OnObserved(user, variant, metric, line.Value ?? 0) : run.OnExposed(user, variant);
            }
        }

        return run.Report();
    }

    /// <summary>What is tried out.</summary>
    public HomeExperiment Experiment => _experiment;

    /// <summary>Its name.</summary>
    public string Name => _experiment.Definition.Name;

    /// <summary>Where it stands.</summary>
    public ExperimentReport Report()
    {
        lock (_lock)
        {
            return _run.Report();
        }
    }

    /// <summary>A listener was sent a page.</summary>
    public void OnShown(UserId user, long atMs)
    {
        if (_experiment.Definition.VariantOf(user) is not { } variant)
        {
            return;
        }

        lock (_lock)
        {
            if (_exposed.Add(user))
            {
                _run.OnExposed(user, variant);
                _observing[user] = new Observed(variant, atMs);
                _unwritten.Add(new Line(user.Value, VariantName(variant), AtMs: atMs));
            }
        }
    }

    /// <summary>The rewards of a page are in.</summary>
    public void OnRewarded(RewardedPage page)
    {
        lock (_lock)
        {
            if (_observing.TryGetValue(page.Page.User, out var observed))
            {
                foreach (var reward in page.Rewards)
                {
                    observed.Reward += reward;
                    observed.Hides += reward <= HideReward ? 1 : 0;
                }
            }
        }
    }

    /// <summary>Closes the books of those who were observed long enough, and writes what is new.</summary>
    public void Write(long nowMs)
    {
        lock (_lock)
        {
            foreach (var (user, observed) in _observing)
            {
                if (nowMs - observed.SinceMs >= _observedMs)
                {
                    _observing.Remove(user);
                    Observe(user, observed.Variant, Reward, observed.Reward);
                    Observe(user, observed.Variant, Hides, observed.Hides);
                }
            }

            if (_unwritten.Count > 0)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
                File.AppendAllLines(_path, _unwritten.Select(line => JsonSerializer.Serialize(line, s_json)));
                _unwritten.Clear();
            }
        }
    }

    /// <summary>Takes up the log of former starts. A last line that a crash has cut is passed over.</summary>
    public void Read(long nowMs)
    {
        lock (_lock)
        {
            (_run, _exposed) = (NewRun(_experiment), []);
            _observing.Clear();
            foreach (var line in Lines(_path))
            {
                var variant = VariantOf(_experiment, line);
                if (variant < 0)
                {
                    continue; // A variant that was taken out.
                }

                var user = new UserId(line.User);
                if (line.Metric is { } metric)
                {
                    _observing.Remove(user);
                    _run.OnObserved(user, variant, metric, line.Value ?? 0);
                }
                else if (_exposed.Add(user))
                {
                    _run.OnExposed(user, variant);
                    _observing[user] = new Observed(variant, nowMs);
                }
            }
        }
    }

    /// <summary>Forgets a listener, in the log too; what the listener has added to sums is taken out with it.</summary>
    public void Erase(UserId user, long nowMs)
    {
        lock (_lock)
        {
            if (!_exposed.Contains(user))
            {
                return;
            }

            Write(nowMs);
            var mine = _observing.Where(pair => pair.Key != user).ToDictionary();
            var without = _path + ".tmp";
            File.WriteAllLines(without, Lines(_path).Where(line => line.User != user.Value).Select(line => JsonSerializer.Serialize(line, s_json)));
            File.Move(without, _path, overwrite: true);
            Read(nowMs);
            foreach (var (other, observed) in mine)
            {
                _observing[other] = observed;
            }
        }
    }

    private static int VariantOf(HomeExperiment experiment, Line line) =>
        Array.FindIndex([.. experiment.Definition.Variants], known => known.Name == line.Variant);

    private static ExperimentRun NewRun(HomeExperiment experiment) => new(
        experiment.Definition, [new Metric(Reward, RewardScale), new Metric(Hides, HidesScale, IsHigherBetter: false, Margin: HidesMargin)]);

    private void Observe(UserId user, int variant, string metric, double value)
    {
        _run.OnObserved(user, variant, metric, value);
        _unwritten.Add(new Line(user.Value, VariantName(variant), metric, value));
    }

    private string VariantName(int variant) => _experiment.Definition.Variants[variant].Name;

    private static List<Line> Lines(string path)
    {
        var lines = new List<Line>();
        foreach (var text in File.Exists(path) ? File.ReadLines(path) : [])
        {
            try
            {
                if (JsonSerializer.Deserialize<Line>(text, s_json) is { User: not null, Variant: not null } line)
                {
                    lines.Add(line);
                }
            }
            catch (JsonException)
            {
                // Cut by a crash; the listener is exposed again.
            }
        }

        return lines;
    }

    private sealed record Line(string User, string Variant, string? Metric = null, double? Value = null, long? AtMs = null);

    private sealed class Observed(int variant, long sinceMs)
    {
        public int Variant => variant;

        public long SinceMs => sinceMs;

        public double Reward { get; set; }

        public int Hides { get; set; }
    }
}
