using Buddies.Engine.Serving;

namespace Buddies.Embedded.Versions;

/// <summary>What is left of a version that nobody reads any more: memory for the next one.</summary>
/// <param name="Model">Its model, of which nothing but the arrays is good.</param>
/// <param name="RowOfUser">Where listeners' trained vectors stood.</param>
internal sealed record RetiredVersion(ServingModel Model, int[] RowOfUser);
