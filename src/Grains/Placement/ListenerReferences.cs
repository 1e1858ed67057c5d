namespace Buddies.Grains.Placement;

/// <summary>References to listeners, made for every event.</summary>
/// <remarks>
/// <c>GetGrain&lt;T&gt;(key)</c> reads the attributes of the interface and looks for its grain class at each call, which took
/// a sixth of a silo's time under events. Both are the same for all listeners, in all silos of a process.
/// </remarks>
internal static class ListenerReferences
{
    private static Kind? s_kind;

    /// <summary>A listener by id.</summary>
    public static IListenerGrain ListenerOf(this IGrainFactory grains, string user)
    {
        var kind = Volatile.Read(ref s_kind) ?? Learn(grains);
        return (IListenerGrain)grains.GetGrain(GrainId.Create(kind.Grain, user), kind.Interface);
    }

    private static Kind Learn(IGrainFactory grains)
    {
        var reference = (GrainReference)grains.GetGrain<IListenerGrain>("any");
        var kind = new Kind(reference.GrainId.Type, reference.InterfaceType);
        Volatile.Write(ref s_kind, kind);
        return kind;
    }

    private sealed record Kind(GrainType Grain, GrainInterfaceType Interface);
}
