using Buddies.Storage.Tests.Contracts;

namespace Buddies.Storage.Tests.Sqlite;

public sealed class SqliteEventLogTests() : EventLogContract(new SqliteHarness());

public sealed class SqliteLogRangeTests() : LogRangeContract(new SqliteHarness());

public sealed class SqliteRetentionTests() : RetentionContract(new SqliteHarness());

public sealed class SqliteModelRegistryTests() : ModelRegistryContract(new SqliteHarness());

public sealed class SqliteDoormanStoreTests() : DoormanStoreContract(new SqliteHarness());

public sealed class SqliteCheckpointStoreTests() : CheckpointStoreContract(new SqliteHarness());

public sealed class SqliteCatalogueStoreTests() : CatalogueStoreContract(new SqliteHarness());

public sealed class SqliteImportTests() : ImportContract(new SqliteHarness());

public sealed class SqliteSettingStoreTests() : SettingStoreContract(new SqliteHarness());

public sealed class SqliteErasureTests() : ErasureContract(new SqliteHarness());
