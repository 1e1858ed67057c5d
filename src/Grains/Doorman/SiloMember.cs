using System.Net;
using Buddies.Engine.Doorman;

namespace Buddies.Grains.Doorman;

/// <summary>A silo as the doorman names it: the address stays the same when it starts again, the generation grows.</summary>
internal static class SiloMember
{
    public static Member Of(SiloAddress silo) => new(new NodeId(silo.Endpoint.ToString()), silo.Generation);

    /// <exception cref="FormatException">The record names a node that is no silo.</exception>
    public static SiloAddress AddressOf(Member member) => SiloAddress.New(IPEndPoint.Parse(member.Node.Value), (int)member.Incarnation);
}
