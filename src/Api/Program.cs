using Buddies.Api;
using Buddies.Api.Startup;

if (args is [TrainerProcess.Verb, ..])
{
    return await TrainerProcess.RunAsync(args[1..]);
}

var commandLine = CommandLine.Parse(args);
if (commandLine.Answer is { } answer)
{
    return answer.Print();
}

try
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions
    {
        Args = commandLine.Settings,
        ContentRootPath = AppContext.BaseDirectory,
    });
    var options = BuddiesApiOptions.From(builder.Configuration);

    builder.AddBuddiesApi(options);
    builder.Services.AddRecommender(options);

    var app = builder.Build();
    app.MapBuddiesApi();
    await app.RunAsync();
    return Environment.ExitCode; // 1 when the runtime could not start and stopped the host.
}
catch (StartupRefusedException refused)
{
    await Console.Error.WriteLineAsync(refused.Message);
    return 2;
}
catch (IOException failure)
{
    await Console.Error.WriteLineAsync(failure.Message);
    return 1;
}
