namespace Buddies.Grains.Tests.Contract;

public sealed class EmbeddedRuntimeTests() : RecommenderContract(new EmbeddedHarness());

public sealed class OneSiloTests() : RecommenderContract(new ClusterHarness(1));
