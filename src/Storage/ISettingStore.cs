namespace Buddies.Storage;

/// <summary>Small named values, such as what world a data directory holds.</summary>
public interface ISettingStore
{
    /// <summary>Reads a value.</summary>
    /// <returns>Null when it was never set.</returns>
    ValueTask<string?> GetAsync(string name, CancellationToken cancellationToken);

    /// <summary>Sets a value durably.</summary>
    ValueTask SetAsync(string name, string value, CancellationToken cancellationToken);
}
