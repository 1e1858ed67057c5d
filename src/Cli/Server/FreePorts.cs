using System.Net;
using System.Net.Sockets;

namespace Buddies.Cli.Server;

/// <summary>Ports that nobody listens on.</summary>
internal static class FreePorts
{
    /// <summary>Below those that the system gives to outgoing connections: between here and a server's start one of these could take such a port.</summary>
    private const int First = 15_000;
    private const int Last = 32_000;

    /// <summary>Finds some, all different.</summary>
    public static int[] Find(int count)
    {
        var ports = new HashSet<int>();
        while (ports.Count < count)
        {
            var port = Random.Shared.Next(First, Last);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                ports.Add(port);
            }
            catch (SocketException)
            {
                // Somebody listens there.
            }
        }

        return [.. ports];
    }
}
