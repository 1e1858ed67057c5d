using System.Numerics.Tensors;
using System.Text.Json;
using Buddies.Engine.Home;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;

namespace Buddies.Cli.Precompute;

/// <summary>Makes the page of a listener as a line of JSON, as <c>GET /v1/users/{id}/home</c> has it. One thread.</summary>
/// <param name="world">The listeners.</param>
/// <param name="job">What the pages are made of.</param>
internal sealed class PageMaker(PrecomputeWorld world, PrecomputeJob job)
{
    /// <summary>So many full plays make a whole session, as in the server.</summary>
    private const double FullSession = 2;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);
    private readonly FoldInSystem _system = new(world.Model.Dimension);
    private readonly HomeRequest _request = new(job.Shelves, job.Cards, []);

    /// <summary>The page.</summary>
    /// <param name="user">The listener's position in the facts.</param>
    /// <param name="buddies">The listener's nearest.</param>
    public HomePage Make(int user, IReadOnlyList<NearListener> buddies)
    {
        var facts = world.Facts.Tastes[user];
        var session = new float[world.Model.Dimension];
        var evidence = LiveTaste.DeriveSession(facts, world.Model, job.At.ToUnixTimeMilliseconds(), _system, session);
        VectorKernels.Normalize(session);
        TensorPrimitives.Multiply(session, (float)Math.Min(1, evidence / FullSession), session);
        return HomeBuilder.Build(
            new HomeInputs
            {
                User = world.Facts.Users[user],
                Facts = facts,
                Model = world.Model,
                Catalogue = world.Facts.Catalogue,
                Taste = world.UnitOf(user).ToArray(),
                Session = session,
                Buddies = buddies,
                Popular = world.Popular,
                Known = world,
            },
            _request,
            0);
    }

    /// <summary>A page as UTF-8, with its line end.</summary>
    public static byte[] Write(HomePage page)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                UserId = page.User.Value,
                SnapshotVersion = page.Version.Value,
                page.Sequence,
                Shelves = page.Shelves.Select(shelf => new
                {
                    shelf.Id,
                    shelf.Title,
                    Cards = shelf.Cards.Select(card => new
                    {
                        PlaylistId = card.Playlist.Value, card.Title, OwnerId = card.Owner.Value, card.Score, card.Source, card.Reason, card.ImpressionId,
                    }),
                }),
            },
            s_json);
        return [.. json, (byte)'\n'];
    }
}
