namespace Buddies.Training.Synth;

/// <summary>The words of a synthetic world.</summary>
internal static class Genres
{
    public static readonly string[] Names =
    [
        "ambient", "jazz", "techno", "folk", "metal", "hip-hop", "classical", "house", "soul", "punk", "indie", "reggae",
        "blues", "country", "trance", "funk", "salsa", "shoegaze", "disco", "gospel", "grime", "bossa nova", "synthpop", "choral",
    ];

    public static readonly string[] Moods =
        ["evening", "morning", "focus", "running", "rain", "summer", "late night", "drive", "slow", "bright", "quiet", "party"];

    public static readonly string[] Sounds =
        ["instrumental", "vocal", "acoustic", "electronic", "live", "lo-fi", "dreamy", "dark", "warm", "fast", "minimal", "lush"];
}
