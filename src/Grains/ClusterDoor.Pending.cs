namespace Buddies.Grains;

public sealed partial class ClusterDoor
{
    /// <summary>Events of this silo's requests that wait to become durable; above <see cref="SiloOptions.MaxPendingEvents"/> more are refused as busy.</summary>
    public long PendingEvents => Interlocked.Read(ref _pending);
}
