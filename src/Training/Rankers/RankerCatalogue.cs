using Buddies.Training.Als;
using Buddies.Training.Devices;
using Buddies.Training.Rankers.Auto;
using Buddies.Training.Rankers.Bpr;
using Buddies.Training.Rankers.Ease;
using Buddies.Training.Rankers.Factors;
using Buddies.Training.Rankers.Reduced;

namespace Buddies.Training.Rankers;

/// <summary>Every model by the name that the tool knows it by.</summary>
public static class RankerCatalogue
{
    private const string Blend = "blend";
    private const string Reduced = "ease64";
    private const int ReducedDimension = 64;

    private static readonly (string Name, Func<int, double, IRankerTrainer> Make)[] s_all =
    [
        ("auto", (k, hiddenShare) => new ServedTrainer(k, hiddenShare)),
        (Blend, AutoTrainer.Everything),
        ("spectral", AutoTrainer.Spectral),
        ("ridge", AutoTrainer.Ridge),
        ("itemknn", AutoTrainer.ItemNeighbours),
        ("listenerknn", AutoTrainer.ListenerNeighbours),
        ("ease", (_, _) => new EaseTrainer(new EaseOptions())),
        (Reduced, (_, _) => new ReducedTrainer(new EaseTrainer(new EaseOptions()), ReducedDimension)),
        ("als", (_, _) => new AlsRankerTrainer(new AlsRankerOptions())),
        ("bpr", (_, _) => new BprTrainer(new BprOptions())),
        ("mean", (_, _) => new AlsRankerTrainer(new AlsRankerOptions(), asMean: true)),
        ("popularity", (_, _) => new PopularityTrainer()),
    ];

    /// <summary>The names, what ships first.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_all.Select(model => model.Name)];

    /// <summary>Those that stand in a table where none are named: a reduction is quadratic in the tracks, and the blend beside <c>auto</c> takes as long again.</summary>
    public static IReadOnlyList<string> Compared { get; } = [.. Names.Where(name => name is not (Reduced or Blend))];

    /// <summary>Makes a trainer.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="k">Places that count where parameters are chosen.</param>
    /// <param name="hiddenShare">Share of a listener's facts that is hidden where parameters are chosen, above 0 and below 1.</param>
    /// <exception cref="ArgumentException">There is no such model.</exception>
    public static IRankerTrainer Create(string name, int k, double hiddenShare = 0.2)
    {
        foreach (var model in s_all)
        {
            if (model.Name == name)
            {
                return model.Make(k, hiddenShare);
            }
        }

        throw new ArgumentException($"Expected one of {string.Join(", ", Names)}, got '{name}'.", nameof(name));
    }

    /// <summary>Makes a trainer that computes on a device.</summary>
    /// <param name="device">The device.</param>
    /// <param name="name"><c>als</c> or <c>bpr</c>.</param>
    /// <exception cref="ArgumentException">A device trains no such model.</exception>
    public static IRankerTrainer CreateOn(ITrainingDevice device, string name)
    {
        ArgumentNullException.ThrowIfNull(device);
        return name switch
        {
            "als" => new AlsRankerTrainer(new AlsRankerOptions { Als = new AlsOptions { Device = device } }),
            "bpr" => device.CreateBpr(new BprOptions()),
            _ => throw new ArgumentException($"Expected als or bpr on {device.Name}, got '{name}'.", nameof(name)),
        };
    }
}
