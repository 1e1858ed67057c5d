using Buddies.Storage.Tests.Contracts;

namespace Buddies.Storage.Tests.Postgres;

[NeedsPostgres]
public sealed class PostgresEventLogTests() : EventLogContract(new PostgresHarness());

[NeedsPostgres]
public sealed class PostgresLogRangeTests() : LogRangeContract(new PostgresHarness());

[NeedsPostgres]
public sealed class PostgresRetentionTests() : RetentionContract(new PostgresHarness());

[NeedsPostgres]
public sealed class PostgresModelRegistryTests() : ModelRegistryContract(new PostgresHarness());

[NeedsPostgres]
public sealed class PostgresDoormanStoreTests() : DoormanStoreContract(new PostgresHarness());

[NeedsPostgres]
public sealed class PostgresCheckpointStoreTests() : CheckpointStoreContract(new PostgresHarness());

[NeedsPostgres]
public sealed class PostgresCatalogueStoreTests() : CatalogueStoreContract(new PostgresHarness());

[NeedsPostgres]
public sealed class PostgresImportTests() : ImportContract(new PostgresHarness());

[NeedsPostgres]
public sealed class PostgresSettingStoreTests() : SettingStoreContract(new PostgresHarness());

[NeedsPostgres]
public sealed class PostgresErasureTests() : ErasureContract(new PostgresHarness());
