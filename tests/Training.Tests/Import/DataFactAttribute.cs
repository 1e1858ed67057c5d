namespace Buddies.Training.Tests.Import;

/// <summary>A test that needs the real datasets; without them it is skipped and says so.</summary>
public sealed class DataFactAttribute : FactAttribute
{
    public DataFactAttribute()
    {
        if (DataFolder.Path is null)
        {
            Skip = "NOT RUN: the real datasets are not here. Put them into shared/data beside the repository, or name their folder in BUDDIES_DATA.";
            Console.Error.WriteLine("Buddies.Training.Tests: real-data tests are SKIPPED: no shared/data above the tests, and BUDDIES_DATA is not set.");
        }
    }
}
