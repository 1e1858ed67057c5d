using System.Text;

namespace Buddies.Cli.Bench.Profile;

/// <summary>What a trace says of where a process spends its time: how often each managed stack was found running.</summary>
/// <remarks>
/// Reads the NetTrace format, version 4: blocks of metadata, stacks and events, headers compressed against the event before
/// (dotnet/diagnostics, "NetTraceFormat_v4"). A thread that waits, or runs in the kernel or in native code, is not counted:
/// the sampler notes for each whether it stood in managed code.
/// </remarks>
internal sealed class StackTraces
{
    private const string SampleProvider = "Microsoft-DotNETCore-SampleProfiler";
    private const int MethodLoad = 143;
    private const int MethodEnd = 144;
    private const uint Managed = 2;

    private readonly byte[] _bytes;
    private readonly Dictionary<int, (string Provider, int Event)> _metadata = [];
    private readonly Dictionary<int, ulong[]> _stacks = [];
    private readonly Dictionary<int, long> _hits = [];
    private readonly SortedList<ulong, (ulong End, string Type, string Method)> _methods = [];

    private StackTraces(byte[] bytes) => _bytes = bytes;

    /// <summary>Stacks, the innermost frame first, each frame a type's full name and a method's; and how often each was found.</summary>
    public IEnumerable<(IReadOnlyList<(string Type, string Method)> Frames, long Count)> Running =>
        _hits.Select(hit => ((IReadOnlyList<(string, string)>)[.. _stacks.GetValueOrDefault(hit.Key, []).Select(NameOf)], hit.Value));

    /// <exception cref="InvalidDataException">It is no such trace.</exception>
    public static StackTraces Read(byte[] trace)
    {
        var traces = new StackTraces(trace);
        try
        {
            traces.ReadBlocks();
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            throw new InvalidDataException("The trace is cut.", e);
        }

        return traces;
    }

    private void ReadBlocks()
    {
        const byte BeginObject = 5;
        var reader = new TraceCursor(_bytes);
        if (Encoding.ASCII.GetString(reader.Take(8)) != "Nettrace" || Encoding.ASCII.GetString(reader.Take(reader.Int32())) != "!FastSerialization.1")
        {
            throw new InvalidDataException("It is no trace of the runtime.");
        }

        while (reader.Byte() == BeginObject)
        {
            _ = reader.Take(2 + 8); // The type's own tags, version and least version of a reader.
            var type = Encoding.ASCII.GetString(reader.Take(reader.Int32()));
            _ = reader.Byte();
            if (type == "Trace")
            {
                _ = reader.Take(48);
            }
            else
            {
                var size = reader.Int32();
                reader.Align(4);
                var end = reader.At + size;
                ReadBlock(type, reader.At, end);
                reader.At = end;
            }

            _ = reader.Byte();
        }
    }

    private void ReadBlock(string type, int from, int end)
    {
        var reader = new TraceCursor(_bytes) { At = from };
        if (type == "StackBlock")
        {
            var (first, count) = (reader.Int32(), reader.Int32());
            for (var i = 0; i < count; i++)
            {
                var stack = new ulong[reader.Int32() / sizeof(ulong)];
                for (var frame = 0; frame < stack.Length; frame++)
                {
                    stack[frame] = reader.UInt64();
                }

                _stacks[first + i] = stack;
            }
        }
        else if (type is "EventBlock" or "MetadataBlock")
        {
            var header = BitConverter.ToInt16(_bytes, from);
            if ((BitConverter.ToInt16(_bytes, from + 2) & 1) == 0)
            {
                throw new InvalidDataException("Headers of events are expected to be compressed.");
            }

            reader.At = from + header;
            ReadEvents(reader, end, type == "MetadataBlock");
        }
    }

    private void ReadEvents(TraceCursor reader, int end, bool isMetadata)
    {
        var (metadata, stack, length) = (0, 0, 0);
        while (reader.At < end)
        {
            var flags = reader.Byte();
            metadata = (flags & 1) != 0 ? (int)reader.VarUInt() : metadata;
            if ((flags & 2) != 0)
            {
                _ = (reader.VarUInt(), reader.VarUInt(), reader.VarUInt());
            }

            _ = (flags & 4) != 0 ? reader.VarUInt() : 0;
            stack = (flags & 8) != 0 ? (int)reader.VarUInt() : stack;
            _ = reader.VarUInt(); // The time.
            _ = reader.Take(((flags & 16) != 0 ? 16 : 0) + ((flags & 32) != 0 ? 16 : 0));
            length = (flags & 128) != 0 ? (int)reader.VarUInt() : length;
            var next = reader.At + length;
            if (isMetadata)
            {
                var id = reader.Int32();
                _metadata[id] = (reader.Text(), reader.Int32());
            }
            else
            {
                Take(_metadata.GetValueOrDefault(metadata & 0x7fffffff), stack, reader);
            }

            reader.At = next;
        }
    }

    private void Take((string Provider, int Event) kind, int stack, TraceCursor reader)
    {
        if (kind.Provider == SampleProvider)
        {
            if (reader.Int32() == Managed)
            {
                _hits[stack] = _hits.GetValueOrDefault(stack) + 1;
            }
        }
        else if (kind.Event is MethodLoad or MethodEnd)
        {
            _ = reader.Take(16); // The ids of method and module.
            var start = reader.UInt64();
            var end = start + (uint)reader.Int32();
            _ = reader.Take(8); // Token and flags.
            _methods[start] = (end, reader.Text(), reader.Text());
        }
    }

    private (string Type, string Method) NameOf(ulong address)
    {
        // Binary search for the last method that starts at or before the address.
        var (low, high) = (0, _methods.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _methods.GetKeyAtIndex(middle) <= address ? (middle + 1, high) : (low, middle);
        }

        return low > 0 && _methods.GetValueAtIndex(low - 1) is var method && address < method.End ? (method.Type, method.Method) : ("", "");
    }
}
