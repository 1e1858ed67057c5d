namespace Buddies.Cli.Bench.Fuzz;

/// <summary>One hostile request, as bytes.</summary>
/// <param name="Name">What it tries, in a few words.</param>
/// <param name="Pieces">What is sent, one write after the other.</param>
/// <param name="EndsEarly">Whether the client says that it sends no more, though it has promised to.</param>
/// <param name="MustBeAnswered">Whether it is HTTP: then only an answer will do. What is not HTTP may find the connection closed.</param>
/// <param name="MayHave5xx">A status of 500 or more that is in order for this one alone; 0 for none.</param>
/// <param name="MayBeBare">Whether the server may answer 400 without a word: it takes a path with a NUL for no path at all.</param>
/// <param name="Batch">What the body's items are; null where nobody knows, or there is no batch.</param>
internal sealed record FuzzRequest(
    string Name, IReadOnlyList<byte[]> Pieces, bool EndsEarly, bool MustBeAnswered, int MayHave5xx = 0, bool MayBeBare = false, FuzzBatch? Batch = null);

/// <summary>A body whose items are known: what an answer that takes it has to say.</summary>
/// <param name="Body">Its bytes, plain.</param>
/// <param name="Count">Items in it.</param>
/// <param name="Bad">Positions of those that must be refused, ascending.</param>
internal sealed record FuzzBatch(byte[] Body, int Count, IReadOnlyList<int> Bad);
