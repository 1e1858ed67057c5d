namespace Buddies.Cli.Server;

/// <summary>The last lines that a process printed. Safe for concurrent use.</summary>
/// <param name="count">How many.</param>
internal sealed class LastLines(int count)
{
    private readonly Queue<string> _lines = new();

    public void Add(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > count)
            {
                _lines.Dequeue();
            }
        }
    }

    public override string ToString()
    {
        lock (_lines)
        {
            return string.Join(Environment.NewLine, _lines);
        }
    }
}
