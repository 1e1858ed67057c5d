using Buddies.Api.Bodies;
using Buddies.Api.Contracts;
using Buddies.Api.Problems;
using Buddies.Api.Security;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Buddies.Api.Endpoints;

/// <summary>Tracks and playlists.</summary>
internal static class CatalogueEndpoints
{
    private static readonly ItemFormat<Track> s_tracks = new(TrackParser.Parse);
    private static readonly ItemFormat<Playlist> s_playlists = new(PlaylistParser.Parse);

    public static void MapCatalogue(this IEndpointRouteBuilder routes)
    {
        var catalogue = routes.MapGroup("/v1").WithTags("Catalogue");
        catalogue.MapPut("/tracks", PutTracksAsync)
            .AcceptsBatch<TrackItem>()
            .RequireAuthorization(AccessPolicies.Catalogue)
            .Documented("PutTracks", "Adds or replaces tracks.", 413, 415, 429);
        catalogue.MapPut("/playlists", PutPlaylistsAsync)
            .AcceptsBatch<PlaylistItem>()
            .RequireAuthorization(AccessPolicies.Catalogue)
            .Documented("PutPlaylists", "Adds or replaces playlists; one that turns private is gone from every page.", 413, 415, 429);
        catalogue.MapGet("/playlists/{id}", GetPlaylistAsync)
            .RequireAuthorization(AccessPolicies.Reader)
            .Documented("GetPlaylist", "A playlist's contents as one viewer may see them.", 404);
    }

    private static async Task<Results<Ok<UpsertResponse>, ProblemHttpResult>> PutTracksAsync(
        HttpContext context, BatchReader reader, IRecommender recommender)
    {
        var (batch, refusal, _) = await reader.ReadAsync(context, s_tracks);
        if (refusal is not null)
        {
            return refusal;
        }

        if (batch.Items.Count > 0)
        {
            await recommender.UpsertTracksAsync(batch.Items, context.RequestAborted);
        }

        return TypedResults.Ok(new UpsertResponse(batch.Items.Count, batch.Rejected));
    }

    private static async Task<Results<Ok<UpsertResponse>, ProblemHttpResult>> PutPlaylistsAsync(
        HttpContext context, BatchReader reader, IRecommender recommender)
    {
        var (batch, refusal, _) = await reader.ReadAsync(context, s_playlists);
        if (refusal is not null)
        {
            return refusal;
        }

        if (batch.Items.Count > 0)
        {
            await recommender.UpsertPlaylistsAsync(batch.Items, context.RequestAborted);
        }

        return TypedResults.Ok(new UpsertResponse(batch.Items.Count, batch.Rejected));
    }

    private static async Task<Results<Ok<PlaylistResponse>, ProblemHttpResult>> GetPlaylistAsync(
        HttpContext context, IRecommender recommender, string id, string? viewer)
    {
        if (PathId.FindError(context, id, out id) is { } error)
        {
            return Problem.InvalidId(error);
        }

        var query = new QueryReader();
        var caller = Caller.Of(context) ?? Caller.Local;
        var viewerId = query.Id(viewer, "viewer") ?? caller.User?.Value;
        if (query.Refusal is { } refusal)
        {
            return refusal;
        }

        if (viewerId is not null && !caller.MaySee(new UserId(viewerId)))
        {
            return Problem.Of(ProblemKind.Forbidden, "viewer: this token is another listener's.");
        }

        var view = await recommender.PlaylistAsync(
            new PlaylistId(id), viewerId is null ? null : new UserId(viewerId), context.RequestAborted);
        return view is null
            ? Problem.Of(ProblemKind.PlaylistNotFound, "It does not exist, or it is private and not the viewer's own.")
            : TypedResults.Ok(PlaylistResponse.From(view));
    }
}
