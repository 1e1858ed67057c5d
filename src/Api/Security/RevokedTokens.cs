using System.Collections.Frozen;
using System.Globalization;

namespace Buddies.Api.Security;

/// <summary>Tokens that were revoked before their end: a file of the data directory, one id and its end (Unix seconds) a line.</summary>
internal sealed class RevokedTokens(BuddiesApiOptions options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly string _path = Path.Combine(options.DataDirectory, "revoked-tokens");
    private volatile FrozenSet<string> _ids = [];
    private long _length = -1;

    /// <summary>Whether a token is among them.</summary>
    public bool Contains(string tokenId)
    {
        if (Volatile.Read(ref _length) < 0)
        {
            Reload();
        }

        return _ids.Contains(tokenId);
    }

    /// <summary>Adds one; durable when it returns, and in force here even where that fails.</summary>
    /// <param name="tokenId">Which.</param>
    /// <param name="until">When it would have ended.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Add(string tokenId, DateTimeOffset until)
    {
        lock (_lock)
        {
            Reload();
            _ids = _ids.Append(tokenId).ToFrozenSet(StringComparer.Ordinal);
            Directory.CreateDirectory(options.DataDirectory);
            using var file = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            file.Write(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{tokenId} {until.ToUnixTimeSeconds()}\n")));
            file.Flush(flushToDisk: true);
        }
    }

    /// <summary>Reads what other processes have added.</summary>
    /// <returns>Whether there is anything new.</returns>
    public bool Reload()
    {
        lock (_lock)
        {
            var file = new FileInfo(_path);
            var length = file.Exists ? file.Length : 0;
            if (length == _length)
            {
                return false;
            }

            _length = length;
            var now = time.GetUtcNow().ToUnixTimeSeconds();
            var known = _ids;
            _ids = ReadLines().Where(line => line.Until > now).Select(line => line.Id).Concat(known).ToFrozenSet(StringComparer.Ordinal);
            return _ids.Count > known.Count;
        }
    }

    private List<(string Id, long Until)> ReadLines()
    {
        var lines = new List<(string, long)>();
        if (!File.Exists(_path))
        {
            return lines;
        }

        using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        while (reader.ReadLine() is { } line)
        {
            if (line.Split(' ') is [var id, var until] && long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var end))
            {
                lines.Add((id, end));
            }
        }

        return lines;
    }
}
