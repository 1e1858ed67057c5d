namespace Buddies.Training.Import;

/// <summary>How far an import or a generation has come.</summary>
/// <param name="BytesDone">Bytes read so far; where there are no files, units of work done.</param>
/// <param name="BytesTotal">All bytes to read, a file that is read twice counted twice; or all units of work.</param>
/// <param name="Rows">Rows handled so far.</param>
public readonly record struct ImportProgress(long BytesDone, long BytesTotal, long Rows);
