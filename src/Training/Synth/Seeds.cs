namespace Buddies.Training.Synth;

/// <summary>One source of randomness for each thing of a world, so that the order in which things are made does not matter.</summary>
internal static class Seeds
{
    public const int Communities = 1;
    public const int Artists = 2;
    public const int Tracks = 3;
    public const int Popularity = 4;
    public const int Listener = 5;
    public const int Playlist = 6;
    public const int Follows = 7;
    public const int Events = 8;

    /// <summary>Randomness for the index-th thing of a kind.</summary>
    public static Random For(int seed, int kind, int index = 0)
    {
        // SplitMix64 (Steele, Lea, Flood 2014): neighbouring inputs give unrelated seeds.
        var z = ((ulong)(uint)seed << 32) + (uint)index + ((ulong)kind * 0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return new Random((int)((z ^ (z >> 31)) & 0x7FFFFFFF));
    }
}
