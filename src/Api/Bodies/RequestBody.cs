using System.Buffers;

namespace Buddies.Api.Bodies;

/// <summary>Why a body could not be read.</summary>
internal enum BodyFault
{
    /// <summary>It could.</summary>
    None,

    /// <summary>It is longer than allowed, plain or compressed.</summary>
    TooLarge,

    /// <summary>All bodies together hold too much memory.</summary>
    Busy,

    /// <summary>It is not what its encoding says.</summary>
    Undecodable,
}

/// <summary>A whole body, decompressed, in one pooled buffer that grows with what has really come.</summary>
/// <remarks>Whoever announces much and sends little, or slowly, holds little: of memory and of the budget.</remarks>
internal sealed class RequestBody : IDisposable
{
    private const int FirstBytes = 16 * 1024;

    private readonly BodyBudget _budget;
    private byte[] _buffer = [];
    private int _length;

    private RequestBody(BodyBudget budget) => _budget = budget;

    /// <summary>What came, without a byte-order mark.</summary>
    public ReadOnlySpan<byte> Bytes
    {
        get
        {
            var bytes = _buffer.AsSpan(0, _length);
            return bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        }
    }

    /// <summary>Reads a body to its end.</summary>
    /// <param name="request">Whose.</param>
    /// <param name="encoding">How it is compressed.</param>
    /// <param name="maxBytes">Its longest length, plain and compressed.</param>
    /// <param name="budget">What its buffer is taken from.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The body, or null and the reason.</returns>
    public static async Task<(RequestBody? Body, BodyFault Fault)> ReadAsync(
        HttpRequest request, BodyEncoding encoding, int maxBytes, BodyBudget budget, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes)
        {
            return (null, BodyFault.TooLarge);
        }

        var body = new RequestBody(budget);
        try
        {
            // One byte more than is expected, so that the end is seen without growing.
            var first = encoding == BodyEncoding.Identity ? (int)Math.Min(FirstBytes, (request.ContentLength ?? FirstBytes) + 1) : FirstBytes;
            var fault = body.TryGrow(first)
                ? await body.FillAsync(request.Body, encoding, maxBytes, cancellationToken)
                : BodyFault.Busy;
            if (fault == BodyFault.None)
            {
                return (body, fault);
            }

            body.Dispose();
            return (null, fault);
        }
        catch (Exception e) when (encoding != BodyEncoding.Identity && e is InvalidDataException or InvalidOperationException)
        {
            body.Dispose();
            return (null, BodyFault.Undecodable);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _budget.Return(_buffer.Length);
        }

        (_buffer, _length) = ([], 0);
    }

    private async Task<BodyFault> FillAsync(Stream body, BodyEncoding encoding, int maxBytes, CancellationToken cancellationToken)
    {
        if (encoding == BodyEncoding.Identity)
        {
            return await FillAsync(body, maxBytes, cancellationToken);
        }

        await using var plain = BodyEncodings.Decode(body, encoding);
        return await FillAsync(plain, maxBytes, cancellationToken);
    }

    private async Task<BodyFault> FillAsync(Stream source, int maxBytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_length == _buffer.Length && !TryGrow(2 * _length))
            {
                return BodyFault.Busy;
            }

            // A bomb is known by its first byte too many; nothing behind that is decompressed.
            var room = Math.Min(_buffer.Length - _length, maxBytes + 1 - _length);
            var read = await source.ReadAsync(_buffer.AsMemory(_length, room), cancellationToken);
            _length += read;
            if (_length > maxBytes)
            {
                return BodyFault.TooLarge;
            }

            if (read == 0)
            {
                return BodyFault.None;
            }
        }
    }

    private bool TryGrow(int bytes)
    {
        var larger = ArrayPool<byte>.Shared.Rent(bytes);
        if (!_budget.TryTake(larger.Length))
        {
            ArrayPool<byte>.Shared.Return(larger);
            return false;
        }

        _buffer.AsSpan(0, _length).CopyTo(larger);
        var length = _length;
        Dispose();
        (_buffer, _length) = (larger, length);
        return true;
    }
}
