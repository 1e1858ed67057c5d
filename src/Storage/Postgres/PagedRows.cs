using System.Runtime.CompilerServices;
using Npgsql;

namespace Buddies.Storage.Postgres;

/// <summary>Streams rows page by page. Between pages nothing is held: neither a connection nor a transaction.</summary>
internal static class PagedRows
{
    /// <param name="server">The server.</param>
    /// <param name="start">Where the first page begins.</param>
    /// <param name="readPage">Reads the rows behind a place, none at the end, and tells the place behind them. It may be begun twice for one page.</param>
    /// <param name="cancellationToken">Stops the stream.</param>
    public static async IAsyncEnumerable<T> ReadAsync<T, TPlace>(
        PostgresServer server,
        TPlace start,
        Func<NpgsqlConnection, TPlace, CancellationToken, Task<(List<T> Rows, TPlace Behind)>> readPage,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var place = start;
        while (true)
        {
            (var page, place) = await server.ReadAsync((c, token) => readPage(c, place, token), cancellationToken).ConfigureAwait(false);
            if (page.Count == 0)
            {
                yield break;
            }

            foreach (var row in page)
            {
                yield return row;
            }
        }
    }
}
