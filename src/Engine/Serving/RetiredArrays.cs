namespace Buddies.Engine.Serving;

/// <summary>Arrays of a version that nobody reads any more, for the next one of about the same size.</summary>
/// <remarks>
/// Long arrays are freed by a collection of the whole heap alone, which a server hardly ever needs otherwise: swap after swap, those of
/// former versions were its largest garbage.
/// </remarks>
public static class RetiredArrays
{
    /// <summary>An array that holds so many values.</summary>
    /// <param name="retired">Taken if it is long enough and not much longer; its contents are undefined. Null for none.</param>
    /// <param name="length">How many, 0 or more.</param>
    /// <returns>An array of that length or longer; a new one has some room, so that it fits a version that has grown a little.</returns>
    public static T[] Fit<T>(T[]? retired, int length)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        const int Spare = 16;
        var (most, wanted) = (length + (length / Spare * 2L), (int)Math.Min(Array.MaxLength, length + ((long)length / Spare)));
        return retired is not null && retired.Length >= length && retired.Length <= Math.Max(most, wanted)
            ? retired
            : GC.AllocateUninitializedArray<T>(retired is null ? length : wanted);
    }
}
