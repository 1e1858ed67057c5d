using Buddies.Engine.Identifiers;
using Buddies.Engine.Privacy;

namespace Buddies.Grains.Wire;

/// <summary>How a <see cref="ListenerPrivacy"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.ListenerPrivacy")]
public record struct ListenerPrivacyWire
{
    [Id(0)]
    public bool IsInvisible { get; set; }

    [Id(1)]
    public string[] Blocked { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class ListenerPrivacyConverter : IConverter<ListenerPrivacy, ListenerPrivacyWire>
{
    /// <inheritdoc/>
    public ListenerPrivacy ConvertFromSurrogate(in ListenerPrivacyWire surrogate) =>
        new(surrogate.IsInvisible, [.. surrogate.Blocked.Select(id => new UserId(id))]);

    /// <inheritdoc/>
    public ListenerPrivacyWire ConvertToSurrogate(in ListenerPrivacy value) =>
        new() { IsInvisible = value.IsInvisible, Blocked = [.. value.Blocked.Select(user => user.Value)] };
}
