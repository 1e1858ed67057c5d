using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Buddies.Engine.Identifiers;
using Buddies.Training.Als;
using Buddies.Training.Facts;
using Buddies.Training.Playlists;

namespace Buddies.Training.Checkpoints;

/// <summary>Hashes that say whether two trainings are one and the same.</summary>
public static class TrainingFingerprint
{
    /// <summary>The hash of all data that a training reads: facts with their ids, tags and playlists.</summary>
    /// <param name="set">The data.</param>
    /// <returns>SHA-256, 64 lower-case hexadecimal digits.</returns>
    public static string OfData(TrainingSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, set.Interactions);
        for (var row = 0; row < set.TrackCount; row++)
        {
            Append(hash, set.TrackIdOf(row).Value);
            foreach (var tag in set.Facts.Catalogue.Describe(new TrackIndex(set.TrackOfRow[row]))?.Tags ?? [])
            {
                Append(hash, tag);
            }
        }

        foreach (var user in set.Users)
        {
            Append(hash, set.Facts.Users[user].Value);
            hash.AppendData([set.Facts.OnlySaved[user] ? (byte)1 : (byte)0]);
        }

        foreach (var playlist in set.Playlists)
        {
            Append(hash, playlist.Id.Value);
            hash.AppendData(MemoryMarshal.AsBytes<int>(playlist.Ascending));
            hash.AppendData(MemoryMarshal.AsBytes<int>(playlist.Times));
        }

        foreach (var (user, playlist) in set.Facts.Interactions?.Pairs ?? [])
        {
            hash.AppendData(BitConverter.GetBytes(user));
            hash.AppendData(BitConverter.GetBytes(playlist));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The parameters of a training in one line, but for how long it goes on and on how many threads.</summary>
    public static string Describe(TrainOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var holdout = options.Holdout is { } held ? Text($"{held.K} {held.Share} {held.Seed}") : "none";
        return Text($"{options.Transform.Fingerprint} {Describe(options.Als)}; rarity {options.RarityExponent}, tags {options.TagWeight}, playlists {options.PlaylistWeight}, makers {options.MakerWeight}, holdout {holdout}{(options.Links ? ", links" : "")}");
    }

    /// <summary>The hash of what decides each epoch of implicit ALS: rows and parameters, but for how many epochs there are.</summary>
    /// <param name="rows">What places the tracks.</param>
    /// <param name="options">The parameters.</param>
    /// <returns>SHA-256, 64 lower-case hexadecimal digits.</returns>
    internal static string OfAls(SparseRows rows, AlsOptions options)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, Describe(options));
        Append(hash, rows);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The hash of what decides each epoch of the ranker of playlists; its step falls over all of them, so their number counts.</summary>
    /// <param name="data">Listeners, contents and pairs.</param>
    /// <param name="options">The parameters.</param>
    /// <returns>SHA-256, 64 lower-case hexadecimal digits.</returns>
    internal static string OfPlaylistRanker(PlaylistRankerData data, PlaylistRankerOptions options)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, Text($"playlists {data.Dimension} {options.Epochs} {options.LearningRate} {options.Shrinkage} {options.PopularShare} {options.Seed}"));
        Append(hash, data.Pairs);
        hash.AppendData(MemoryMarshal.AsBytes<float>(data.Listeners));
        hash.AppendData(MemoryMarshal.AsBytes<float>(data.Contents));
        hash.AppendData(MemoryMarshal.AsBytes<bool>(data.IsShown));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Describe(AlsOptions als) => Text(
        $"d {als.Dimension}, unobserved {als.UnobservedWeight}, regularization {als.Regularization} {als.RegularizationExponent}, start {als.InitialStdDev} {als.Seed}{(als.Device is { } device ? $", on {device.Name}" : "")}");

    private static void Append(IncrementalHash hash, SparseRows rows)
    {
        hash.AppendData(BitConverter.GetBytes(rows.ColumnCount));
        hash.AppendData(MemoryMarshal.AsBytes<int>(rows.Offsets));
        hash.AppendData(MemoryMarshal.AsBytes<int>(rows.Columns));
        hash.AppendData(MemoryMarshal.AsBytes<float>(rows.Confidences));
        hash.AppendData(MemoryMarshal.AsBytes<float>(rows.Preferences));
    }

    private static void Append(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        hash.AppendData(BitConverter.GetBytes(bytes.Length));
        hash.AppendData(bytes);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
