using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Buddies.Training.Tracking;

namespace Buddies.Training.Tests.Tracking;

/// <summary>The REST API as MLflow documents it, against a server that keeps what it is sent.</summary>
public sealed class MlflowServerTests
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Run_FromBeginningToEnd_SendsWhatIsDocumented()
    {
        var server = new Recorder();
        using var store = Open(server);
        var run = store.Begin("trainings", "a run", s_start);
        store.LogParameters(run, Enumerable.Range(0, 120).ToDictionary(i => $"p{i}", i => $"{i}"));
        store.LogMetrics(run, [new MetricPoint("objective", 2.5, s_start, 1)]);
        store.SetTags(run, new Dictionary<string, string> { ["buddies.data"] = "abc" });
        store.LogArtifact(run, "report.json", "{}"u8.ToArray());
        store.End(run, RunStatus.Finished, s_start.AddMinutes(1));

        Assert.Equal("r1", run);
        Assert.Equal(
            [
                "GET /api/2.0/mlflow/experiments/get-by-name?experiment_name=trainings",
                "POST /api/2.0/mlflow/experiments/create",
                "POST /api/2.0/mlflow/runs/create",
                "POST /api/2.0/mlflow/runs/log-batch",
                "POST /api/2.0/mlflow/runs/log-batch",
                "POST /api/2.0/mlflow/runs/log-batch",
                "POST /api/2.0/mlflow/runs/log-batch",
                "PUT /api/2.0/mlflow-artifacts/artifacts/7/r1/artifacts/report.json",
                "POST /api/2.0/mlflow/runs/update",
            ],
            server.Requests.Select(request => request.Line));
        Assert.Equal("7", (string?)Json(server, 2)["experiment_id"]);
        Assert.Equal(s_start.ToUnixTimeMilliseconds(), (long?)Json(server, 2)["start_time"]);
        Assert.Equal([100, 20], new[] { 3, 4 }.Select(i => Json(server, i)["params"]!.AsArray().Count));
        var metric = Json(server, 5)["metrics"]![0]!;
        Assert.Equal(("objective", 2.5, s_start.ToUnixTimeMilliseconds(), 1), ((string?)metric["key"], (double?)metric["value"], (long?)metric["timestamp"], (int?)metric["step"]));
        Assert.Equal("{}", server.Requests[7].Body);
        Assert.Equal(("FINISHED", s_start.AddMinutes(1).ToUnixTimeMilliseconds()), ((string?)Json(server, 8)["status"], (long?)Json(server, 8)["end_time"]));
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(null)]
    public void TrackedRun_WhoseServerFailsOrIsAway_TellsOnceAndGoesOn(HttpStatusCode? failure)
    {
        var server = new Recorder { FailsFrom = 3, Failure = failure };
        using var store = Open(server);
        var notes = new List<string>();
        var run = TrackedRun.Begin(store, "trainings", "a run", null, TimeProvider.System, notes.Add);
        for (var i = 0; i < 5; i++)
        {
            run.LogMetrics(new Dictionary<string, double> { ["x"] = i });
        }

        run.End(RunStatus.Finished);
        Assert.Contains("not tracked any more", Assert.Single(notes), StringComparison.Ordinal);
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public async Task Train_WithAServerThatIsAway_IsTrainedAllTheSame()
    {
        await using var world = await PlantedWorld.CreateAsync();
        var server = new Recorder { FailsFrom = 0, Failure = null };
        using var store = Open(server);
        var notes = new List<string>();
        var support = new TrainSupport { Tracking = new RunTracking(store, "trainings"), Note = notes.Add };
        var options = new TrainOptions { Als = new Buddies.Training.Als.AlsOptions { Dimension = 8, Epochs = 2 } };
        var trained = await ModelTrainer.TrainAsync(world.Store, world.Folder, options, support, default);
        Assert.Equal(1, trained.Model.Version.Value);
        Assert.Single(notes, note => note.Contains("not tracked", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Train_Tracked_KeepsParametersEpochsAndFiles()
    {
        await using var world = await PlantedWorld.CreateAsync();
        var folder = Path.Combine(world.Folder, "mlruns");
        var support = new TrainSupport { Tracking = new RunTracking(new FileRunStore(folder, "ann"), "trainings") };
        var options = new TrainOptions
        {
            Als = new Buddies.Training.Als.AlsOptions { Dimension = 8, Epochs = 5 },
            Holdout = new Buddies.Training.Evaluation.HoldoutOptions(),
        };
        var trained = await ModelTrainer.TrainAsync(world.Store, world.Folder, options, support, default);
        var run = Directory.GetDirectories(Directory.GetDirectories(folder).Single()).Single();
        Assert.Equal("5", await File.ReadAllTextAsync(Path.Combine(run, "params", "epochs")));
        var objectives = await File.ReadAllLinesAsync(Path.Combine(run, "metrics", "objective"));
        Assert.Equal([1, 2, 3, 4, 5], objectives.Select(line => int.Parse(line.Split(' ')[2])));
        Assert.Equal(trained.Manifest.Metrics["objective"], double.Parse(objectives[^1].Split(' ')[1]));
        Assert.Equal(5, (await File.ReadAllLinesAsync(Path.Combine(run, "metrics", "holdout.objective"))).Length);
        Assert.Single(await File.ReadAllLinesAsync(Path.Combine(run, "metrics", "holdoutRecall")));
        Assert.Equal(64, (await File.ReadAllTextAsync(Path.Combine(run, "tags", "buddies.data"))).Length);
        Assert.Equal(
            ["000001.statistics.json", "000001.validation.html", "000001.validation.json", "manifest.json"],
            Directory.GetFiles(Path.Combine(run, "artifacts")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains("status: 3\n", await File.ReadAllTextAsync(Path.Combine(run, "meta.yaml")), StringComparison.Ordinal);
    }

    private static MlflowServer Open(Recorder server) => new(new HttpClient(server) { BaseAddress = new Uri("http://mlflow.example/") }, "ann");

    private static JsonNode Json(Recorder server, int request) => JsonNode.Parse(server.Requests[request].Body)!;

    private sealed class Recorder : HttpMessageHandler
    {
        public List<(string Line, string Body)> Requests { get; } = [];

        public int FailsFrom { get; init; } = int.MaxValue;

        /// <summary>Null: it cannot be reached.</summary>
        public HttpStatusCode? Failure { get; init; }

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var reader = request.Content is null ? null : new StreamReader(request.Content.ReadAsStream(cancellationToken));
            Requests.Add(($"{request.Method} {request.RequestUri!.PathAndQuery}", reader?.ReadToEnd() ?? ""));
            if (Requests.Count > FailsFrom)
            {
                return Failure is { } status ? Answer(request, status, "{}") : throw new HttpRequestException("Connection refused");
            }

            var path = request.RequestUri.AbsolutePath;
            return path.EndsWith("get-by-name", StringComparison.Ordinal) ? Answer(request, HttpStatusCode.NotFound, """{"error_code":"RESOURCE_DOES_NOT_EXIST"}""")
                : path.EndsWith("experiments/create", StringComparison.Ordinal) ? Answer(request, HttpStatusCode.OK, """{"experiment_id":"7"}""")
                : path.EndsWith("runs/create", StringComparison.Ordinal) ? Answer(request, HttpStatusCode.OK, """{"run":{"info":{"run_id":"r1"}}}""")
                : Answer(request, HttpStatusCode.OK, "{}");
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(Send(request, cancellationToken));

        private static HttpResponseMessage Answer(HttpRequestMessage request, HttpStatusCode status, string body) =>
            new(status) { RequestMessage = request, Content = new StringContent(body, Encoding.UTF8, "application/json") };
    }
}
