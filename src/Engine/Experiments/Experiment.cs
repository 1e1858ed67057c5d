using Buddies.Engine.Bandits;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Experiments;

/// <summary>A variant of an experiment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Share">Its share of the experiment's listeners, above 0; shares need not sum to one.</param>
public sealed record Variant(string Name, double Share);

/// <summary>Who gets what, by hash alone: nothing is kept, and every process says the same. Experiments of different names are independent of each other.</summary>
public sealed class Experiment
{
    private readonly ulong _trafficSalt;
    private readonly ulong _variantSalt;
    private readonly double _total;

    /// <summary>Defines an experiment.</summary>
    /// <param name="name">Its name; the assignment depends on it, so a new name shuffles anew.</param>
    /// <param name="variants">Two or more of different names; the first is the control.</param>
    /// <param name="traffic">Share of all listeners who take part, above 0, at most 1. Raising it moves nobody from one variant to another.</param>
    public Experiment(string name, IReadOnlyList<Variant> variants, double traffic = 1)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(variants);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(traffic);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(traffic, 1);
        if (variants.Count < 2 || variants.DistinctBy(variant => variant.Name).Count() < variants.Count || variants.Any(variant => !(variant.Share > 0 && double.IsFinite(variant.Share))))
        {
            throw new ArgumentException("Expected two variants or more, of different names and of shares above 0.", nameof(variants));
        }

        Name = name;
        Variants = variants;
        Traffic = traffic;
        _total = variants.Sum(variant => variant.Share);
        _trafficSalt = StableHash.Of(name, 1);
        _variantSalt = StableHash.Of(name, 2);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The variants; the first is the control.</summary>
    public IReadOnlyList<Variant> Variants { get; }

    /// <summary>Share of all listeners who take part.</summary>
    public double Traffic { get; }

    /// <summary>The shares that listeners should fall into, summing to one.</summary>
    public double[] ExpectedShares => [.. Variants.Select(variant => variant.Share / _total)];

    /// <summary>A listener's variant.</summary>
    /// <param name="user">Who.</param>
    /// <returns>A position in <see cref="Variants"/>; null for one who takes no part.</returns>
    public int? VariantOf(UserId user)
    {
        if (StableHash.ShareOf(user.Value, _trafficSalt) >= Traffic)
        {
            return null;
        }

        var at = StableHash.ShareOf(user.Value, _variantSalt) * _total;
        for (var i = 0; i < Variants.Count - 1; i++)
        {
            if (at < Variants[i].Share)
            {
                return i;
            }

            at -= Variants[i].Share;
        }

        return Variants.Count - 1;
    }
}
