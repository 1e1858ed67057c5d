using System.Text;

namespace Buddies.Training.Import;

/// <summary>What a tab-separated file looks like.</summary>
/// <param name="Columns">Names of the columns, as in the header where there is one.</param>
/// <param name="HasHeader">Whether the first line names the columns.</param>
/// <param name="Encoding">UTF-8, or ISO-8859-1 in which every byte is a character.</param>
internal sealed record TsvFormat(string[] Columns, bool HasHeader, Encoding Encoding)
{
    public static TsvFormat WithHeader(params string[] columns) => new(columns, true, Encoding.UTF8);

    public static TsvFormat WithoutHeader(params string[] columns) => new(columns, false, Encoding.UTF8);
}
