using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Catalogue;

/// <summary>What is known of one track. In a world whose items are artists it describes an artist, and <paramref name="Title"/> equals <paramref name="Artist"/>.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Title">Its title.</param>
/// <param name="Artist">Who plays it; empty where unknown.</param>
/// <param name="Tags">Words for its sound, strongest first; at most 16.</param>
public sealed record Track(TrackId Id, string Title, string Artist, IReadOnlyList<string> Tags);
