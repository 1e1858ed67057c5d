namespace Buddies.Grains.Tests.Contract;

public sealed class EmbeddedRuntimeTests() : RecommenderContract(new EmbeddedHarness());

public sealed class OneSiloTests() : RecommenderContract(new ClusterHarness(1));

public sealed class EmbeddedHomeTests() : HomeContract(new EmbeddedHarness());

public sealed class OneSiloHomeTests() : HomeContract(new ClusterHarness(1));
