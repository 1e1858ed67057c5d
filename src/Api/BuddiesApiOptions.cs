using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Buddies.Api.Startup;
using Buddies.Engine.Ranking;
using Buddies.Storage;
using Buddies.Training;

namespace Buddies.Api;

/// <summary>What whoever starts the server may choose. Bound from the configuration section <c>Buddies</c>.</summary>
public sealed class BuddiesApiOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Buddies";

    /// <summary>Where the runtime keeps its files (<c>--data</c>). A relative path starts at the current directory. Default <c>data</c>.</summary>
    [Required]
    public string DataDirectory { get; set; } = "data";

    /// <summary>What keeps events and state (<c>--store sqlite|postgres</c>). Default <c>sqlite</c>, one file in the data directory.</summary>
    public string Store { get; set; } = StoreChoice.Sqlite;

    /// <summary>
    /// PostgreSQL's connection string (<c>--connection</c>, or BUDDIES_CONNECTION from the environment). Needed with
    /// <c>--store postgres</c>, refused with the other.
    /// </summary>
    public string? Connection { get; set; }

    /// <summary>Days after which an event may be dropped from the log (<c>--retention-days N</c>); 0, the default, keeps it for ever.</summary>
    [Range(0, 36_500)]
    public int RetentionDays { get; set; }

    /// <summary>Days after an erasure until which files of a snapshot that serves nobody may hold the listener's vector; 0 for as long as the files are kept. Default 30.</summary>
    public int ErasureDays { get; set; } = 30;

    /// <summary>How often a model is trained in the background (<c>--retrain 30m</c>); zero, the default, for never.</summary>
    public TimeSpan RetrainEvery { get; set; }

    /// <summary>Share of the listeners, in percent, that a model trained so serves first (<c>--retrain-canary</c>); 0 promotes it at once. Default 10.</summary>
    [Range(0, 99)]
    public int RetrainCanaryPercent { get; set; } = 10;

    /// <summary>What is trained so (<c>--retrain-model als|auto</c>): factors alone, the default, or links beside them where they are worth it.</summary>
    [AllowedValues(TrainOptions.FactorsAlone, TrainOptions.WithLinks, ErrorMessage = "--retrain-model: expected als or auto.")]
    public string RetrainModel { get; set; } = TrainOptions.FactorsAlone;

    /// <summary>Events a second of the simulated crowd (<c>--crowd N|off</c>), 0 for none. Default 20; more makes a first look livelier.</summary>
    [Range(0, 100_000)]
    public int CrowdEventsPerSecond { get; set; } = 20;

    /// <summary>Most bytes of one request body (<c>--max-body-bytes</c>); a longer one gets 413. Default 8 MiB.</summary>
    [Range(1024, 256 * 1024 * 1024)]
    public int MaxBodyBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Most bytes of all bodies held at one time; above it 429 is answered before memory grows. Default 256 MiB.</summary>
    [Range(1024, long.MaxValue)]
    public long MaxBufferedBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>Most events, tracks or playlists in one request; more get 413. Default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxItems { get; set; } = 10_000;

    /// <summary>How long <c>wait=applied</c> waits for the effects of a batch that is durable already. Default 10 s.</summary>
    public TimeSpan WaitForEffect { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the answer to an idempotency key is kept. Default an hour.</summary>
    public TimeSpan IdempotencyWindow { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Most bytes of kept answers, about; beyond it the oldest give way. Default 16 MiB, some 30,000 answers without rejections.</summary>
    [Range(0, long.MaxValue)]
    public long IdempotencyBytes { get; set; } = 16L * 1024 * 1024;

    /// <summary>Most live streams open at one time (<c>--max-live-streams</c>); one more gets 429. Default 10,000.</summary>
    [Range(0, 1_000_000)]
    public int MaxLiveStreams { get; set; } = 10_000;

    /// <summary>How often a live stream carries a comment, so that idle connections are not cut. Default 15 s.</summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long requests under way may take to finish at shutdown. Default 20 s.</summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How often the way from an event to a pushed page is measured (<c>Buddies__FreshnessSeconds</c>, 0 for never). Default 5 s.</summary>
    public TimeSpan FreshnessInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Which model ranks which shelf of Home (<c>--shelf-model because=links</c>, more than once; <c>Buddies__ShelfModels</c> with commas between). Default the blend of all.</summary>
    public ShelfModels ShelfModels { get; set; } = ShelfModels.None;

    /// <summary>Keys, addresses and limits for each key.</summary>
    public Security.SecurityOptions Security { get; set; } = new();

    /// <summary>Reads and checks the options.</summary>
    /// <param name="configuration">The host's configuration.</param>
    /// <returns>Valid options.</returns>
    /// <exception cref="StartupRefusedException">A value is not acceptable.</exception>
    public static BuddiesApiOptions From(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var section = configuration.GetSection(Section);
        var options = new BuddiesApiOptions();
        options.DataDirectory = section["Data"] ?? options.DataDirectory;
        options.Store = section["Store"] ?? options.Store;
        options.Connection = section["Connection"]
            ?? (options.Store == StoreChoice.Postgres ? configuration[StoreChoice.ConnectionVariable] : null);
        options.RetrainEvery = Period(section["Retrain"], "--retrain");
        options.RetrainCanaryPercent = Number(section["RetrainCanary"], "--retrain-canary", "a share in percent, 0 to 99", options.RetrainCanaryPercent);
        options.RetrainModel = section["RetrainModel"] ?? options.RetrainModel;
        options.ErasureDays = Number(section["ErasureDays"], "--erasure-days", "a number of days", options.ErasureDays);
        options.RetentionDays = Number(section["RetentionDays"], "--retention-days", "a number of days", options.RetentionDays);
        options.CrowdEventsPerSecond = section["Crowd"] is "off"
            ? 0
            : Number(section["Crowd"], "--crowd", "a number of events a second, or off", options.CrowdEventsPerSecond);
        options.MaxBodyBytes = Number(section["MaxBodyBytes"], "--max-body-bytes", "a number of bytes", options.MaxBodyBytes);
        options.MaxLiveStreams = Number(section["MaxLiveStreams"], "--max-live-streams", "a number", options.MaxLiveStreams);
        options.FreshnessInterval = TimeSpan.FromSeconds(
            Number(section["FreshnessSeconds"], "Buddies:FreshnessSeconds", "a number of seconds", (int)options.FreshnessInterval.TotalSeconds));
        options.ShelfModels = Models(section["ShelfModels"]);
        options.Security = Buddies.Api.Security.SecurityOptions.From(section);
        options.Validate();
        options.DataDirectory = Path.GetFullPath(options.DataDirectory);
        return options;
    }

    /// <summary>The store that the options name.</summary>
    public StoreChoice ChooseStore() => new(Store, DataDirectory, Connection);

    /// <summary>Checks every value against its range.</summary>
    /// <exception cref="StartupRefusedException">A value is outside.</exception>
    public void Validate()
    {
        var errors = new List<ValidationResult>();
        if (!Validator.TryValidateObject(this, new ValidationContext(this), errors, validateAllProperties: true))
        {
            throw new StartupRefusedException(string.Join(Environment.NewLine, errors.Select(e => e.ErrorMessage)));
        }

        Security.Validate();
        if (ChooseStore().FindError() is { } storeError)
        {
            throw new StartupRefusedException(storeError);
        }

        if (new[] { Heartbeat, ShutdownTimeout, WaitForEffect, IdempotencyWindow }.Min() <= TimeSpan.Zero)
        {
            throw new StartupRefusedException("Heartbeat, ShutdownTimeout, WaitForEffect and IdempotencyWindow must be longer than nothing.");
        }
    }

    private static ShelfModels Models(string? text)
    {
        try
        {
            return ShelfModels.Parse(text);
        }
        catch (FormatException e)
        {
            throw new StartupRefusedException($"--shelf-model: {e.Message}.");
        }
    }

    /// <summary>Reads 90s, 30m, 6h or 1d; at least ten seconds, so that a slip does not train without a pause.</summary>
    private static TimeSpan Period(string? text, string option)
    {
        if (text is null)
        {
            return TimeSpan.Zero;
        }

        var unit = text.Length > 0 ? text[^1] : ' ';
        var isNumber = int.TryParse(text.AsSpan(0, Math.Max(0, text.Length - 1)), NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        TimeSpan? period = (isNumber ? unit : ' ') switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'd' => TimeSpan.FromDays(number),
            _ => null,
        };
        return period is { } given && given >= TimeSpan.FromSeconds(10) && given <= TimeSpan.FromDays(365)
            ? given
            : throw new StartupRefusedException($"{option}: expected a time such as 30m, 6h or 1d, from 10s to 365d, got '{text}'.");
    }

    private static int Number(string? text, string option, string expected, int fallback)
    {
        if (text is null)
        {
            return fallback;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new StartupRefusedException($"{option}: expected {expected}, got '{text}'.");
    }
}
