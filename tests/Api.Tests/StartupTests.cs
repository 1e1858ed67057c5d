using Buddies.Api.Startup;
using Buddies.Engine.Ranking;
using Microsoft.Extensions.Configuration;

namespace Buddies.Api.Tests;

public sealed class StartupTests
{
    [Theory]
    [InlineData("--help", 0, "Usage:")]
    [InlineData("--colour=red", 2, "Unknown option '--colour'")]
    [InlineData("--data", 2, "--data: expected a value")]
    [InlineData("stray", 2, "Unknown option 'stray'")]
    public void CommandLine_NotAStart_AnswersInstead(string arg, int code, string text)
    {
        var answer = CommandLine.Parse([arg]).Answer;
        Assert.Equal(code, answer?.ExitCode);
        Assert.Contains(text, answer!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void CommandLine_KnownOptions_BecomeOptions()
    {
        var options = Options("--data", "here", "--crowd=off", "--max-body-bytes", "2048", "--urls=http://localhost:1", "--Logging:LogLevel:Default=Debug");
        Assert.Equal(Path.GetFullPath("here"), options.DataDirectory);
        Assert.Equal((0, 2048), (options.CrowdEventsPerSecond, options.MaxBodyBytes));
        Assert.Equal(7, Options("--crowd", "7").CrowdEventsPerSecond);
    }

    [Fact]
    public void CommandLine_ShelfModels_AddUp()
    {
        var models = Options("--shelf-model", "because=links", "--crowd=off", "--shelf-model=taste=factors").ShelfModels;
        Assert.Equal((ShelfModel.Links, ShelfModel.Factors, ShelfModel.Blend), (models["because"], models["taste"], models["now"]));
        Assert.Same(ShelfModels.None, Options("--crowd=off").ShelfModels);
        Assert.Contains("shelf 'taste' comes twice", Assert.Throws<StartupRefusedException>(() => Options("--shelf-model", "taste=bpr", "--shelf-model", "taste=links")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_Postgres_TakesTheConnectionFromTheCommandLineOrTheEnvironment()
    {
        Assert.Equal("Host=a;Port=1", Options("--store", "postgres", "--connection", "Host=a;Port=1").Connection);
        var variables = new Dictionary<string, string?> { ["BUDDIES_CONNECTION"] = "Host=b", ["Buddies:Store"] = "postgres" };
        Assert.Equal("Host=b", BuddiesApiOptions.From(new ConfigurationBuilder().AddInMemoryCollection(variables).Build()).Connection);

        // Set for another program's sake, it does no harm here.
        variables["Buddies:Store"] = "sqlite";
        Assert.Null(BuddiesApiOptions.From(new ConfigurationBuilder().AddInMemoryCollection(variables).Build()).Connection);
    }

    [Theory]
    [InlineData("--crowd=many", "--crowd: expected a number")]
    [InlineData("--crowd=-1", "--crowd: expected a number")]
    [InlineData("--max-body-bytes=1", "MaxBodyBytes")]
    [InlineData("--store=oracle", "expected sqlite or postgres")]
    [InlineData("--store=postgres", "BUDDIES_CONNECTION")]
    [InlineData("--connection=Host=x", "--connection is for --store postgres")]
    [InlineData("--retrain-model=best", "--retrain-model: expected als or auto")]
    [InlineData("--retention-days=-1", "--retention-days: expected a number")]
    [InlineData("--shelf-model=popular=links", "--shelf-model: shelf 'popular' promises an order of its own; expected one of buddies, taste")]
    [InlineData("--shelf-model=taste=als", "--shelf-model: there is no model 'als' for shelf 'taste'")]
    public void Options_OutOfRange_AreRefused(string arg, string text) =>
        Assert.Contains(text, Assert.Throws<StartupRefusedException>(() => Options(arg)).Message, StringComparison.Ordinal);

    private static BuddiesApiOptions Options(params string[] args)
    {
        var commandLine = CommandLine.Parse(args);
        Assert.Null(commandLine.Answer);
        return BuddiesApiOptions.From(new ConfigurationBuilder().AddCommandLine(commandLine.Settings).Build());
    }
}
