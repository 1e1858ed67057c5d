using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Buddies.Cli.Bench.Profile;

/// <summary>The port at which every process of the runtime lets itself be observed; asks it for a trace with samples of all managed stacks.</summary>
/// <remarks>
/// The runtime's diagnostic IPC protocol, version 1, commands CollectTracing2 and StopTracing. The process must be of the same
/// user, with the same folder for temporary files.
/// </remarks>
internal sealed class DiagnosticPort(int processId)
{
    private const byte EventPipe = 0x02;
    private const byte Collect = 0x03;
    private const byte Stop = 0x01;
    private const byte Ok = 0x00;
    private const int HeaderBytes = 20;
    private const uint BufferMegabytes = 256;
    private const uint NetTrace = 1;
    private const uint Verbose = 5;
    private const ulong JitAndLoader = 0x18;

    private static readonly byte[] s_magic = "DOTNET_IPC_V1\0"u8.ToArray();

    /// <summary>Samples for a while.</summary>
    /// <returns>The whole trace, in the NetTrace format, with the names of all methods at its end.</returns>
    /// <exception cref="IOException">The process has no such port, or refuses.</exception>
    public async Task<byte[]> SampleAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        try
        {
            using var session = await ConnectAsync(cancellationToken);
            var id = await AskAsync(session, Collect, MakeRequest(), cancellationToken);
            using var trace = new MemoryStream();
            var reading = session.CopyToAsync(trace, cancellationToken);
            await Task.Delay(duration, cancellationToken);
            using (var stopping = await ConnectAsync(cancellationToken))
            {
                _ = await AskAsync(stopping, Stop, BitConverter.GetBytes(id), cancellationToken);
            }

            await reading;
            return trace.ToArray();
        }
        catch (SocketException e)
        {
            throw new IOException($"Process {processId} cannot be observed: {e.Message}", e);
        }
    }

    private async Task<NetworkStream> ConnectAsync(CancellationToken cancellationToken)
    {
        var pattern = string.Create(CultureInfo.InvariantCulture, $"dotnet-diagnostic-{processId}-*-socket");
        var path = Directory.EnumerateFiles(Path.GetTempPath(), pattern).MaxBy(File.GetLastWriteTimeUtc)
            ?? throw new IOException($"Process {processId} has no diagnostic port in {Path.GetTempPath()}.");
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<ulong> AskAsync(NetworkStream port, byte command, byte[] payload, CancellationToken cancellationToken)
    {
        var message = new byte[HeaderBytes + payload.Length];
        s_magic.CopyTo(message, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(14), (ushort)message.Length);
        (message[16], message[17]) = (EventPipe, command);
        payload.CopyTo(message, HeaderBytes);
        await port.WriteAsync(message, cancellationToken);
        var answer = new byte[HeaderBytes + sizeof(ulong)];
        await port.ReadExactlyAsync(answer, cancellationToken);
        return answer[17] == Ok
            ? BinaryPrimitives.ReadUInt64LittleEndian(answer.AsSpan(HeaderBytes))
            : throw new IOException(string.Create(CultureInfo.InvariantCulture, $"The diagnostic port refused: 0x{BinaryPrimitives.ReadUInt32LittleEndian(answer.AsSpan(HeaderBytes)):X8}."));
    }

    private static byte[] MakeRequest()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.Unicode);
        writer.Write(BufferMegabytes);
        writer.Write(NetTrace);
        writer.Write(true); // The names of all methods, when it stops.
        writer.Write(2u);
        Add("Microsoft-DotNETCore-SampleProfiler", 0);
        Add("Microsoft-Windows-DotNETRuntime", JitAndLoader);
        writer.Flush();
        return bytes.ToArray();

        void Add(string provider, ulong keywords)
        {
            writer.Write(keywords);
            writer.Write(Verbose);
            writer.Write((uint)provider.Length + 1);
            writer.Write(Encoding.Unicode.GetBytes(provider + '\0'));
            writer.Write(0u);
        }
    }
}
