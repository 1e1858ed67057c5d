namespace Buddies.Storage;

/// <summary>Small named values, such as what world a data directory holds.</summary>
public interface ISettingStore
{
    /// <summary>Reads a value.</summary>
    /// <returns>Null when it was never set.</returns>
    ValueTask<string?> GetAsync(string name, CancellationToken cancellationToken);

    /// <summary>Sets a value durably.</summary>
    ValueTask SetAsync(string name, string value, CancellationToken cancellationToken);

    /// <summary>Sets values durably, all or none, where one of them is still what the caller has read: of several who try at once, one succeeds.</summary>
    /// <param name="name">The one that is compared; it is set too.</param>
    /// <param name="expected">What it must be; null for one that was never set.</param>
    /// <param name="value">What it becomes.</param>
    /// <param name="others">Further names and what they become.</param>
    /// <param name="cancellationToken">Cancels before the effect.</param>
    /// <returns>False where it was something else; nothing is set then.</returns>
    ValueTask<bool> TrySetAsync(string name, string? expected, string value, IReadOnlyDictionary<string, string> others, CancellationToken cancellationToken);
}
