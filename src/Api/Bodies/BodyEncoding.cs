using System.IO.Compression;

namespace Buddies.Api.Bodies;

/// <summary>How a body is compressed.</summary>
internal enum BodyEncoding
{
    /// <summary>Not at all.</summary>
    Identity,

    /// <summary>gzip (RFC 1952).</summary>
    Gzip,

    /// <summary>Brotli (RFC 7932).</summary>
    Brotli,
}

/// <summary>The content encodings that bodies may have.</summary>
internal static class BodyEncodings
{
    /// <summary>What a client is told to use instead of one that is not known.</summary>
    public const string Accepted = "gzip, br";

    /// <summary>Reads the encoding from the request's headers.</summary>
    /// <returns>Null for one that is not known, or for several one over the other.</returns>
    public static BodyEncoding? Find(HttpRequest request) => request.Headers.ContentEncoding.ToString().Trim().ToLowerInvariant() switch
    {
        "" or "identity" => BodyEncoding.Identity,
        "gzip" or "x-gzip" => BodyEncoding.Gzip,
        "br" => BodyEncoding.Brotli,
        _ => null,
    };

    /// <summary>A stream of the plain bytes.</summary>
    public static Stream Decode(Stream body, BodyEncoding encoding) => encoding switch
    {
        BodyEncoding.Gzip => new GZipStream(body, CompressionMode.Decompress, leaveOpen: true),
        BodyEncoding.Brotli => new BrotliStream(body, CompressionMode.Decompress, leaveOpen: true),
        _ => throw new ArgumentOutOfRangeException(nameof(encoding), encoding, "Nothing to decompress."),
    };
}
