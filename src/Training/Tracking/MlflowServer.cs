using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Buddies.Training.Tracking;

/// <summary>Runs on an MLflow tracking server, over its REST API 2.0.</summary>
/// <remarks>Artefacts go through the server's own proxy (<c>mlflow-artifacts</c>); a server without one refuses them.</remarks>
public sealed class MlflowServer : IRunStore, IDisposable
{
    private const int MostInABatch = 100;
    private const string Api = "api/2.0/mlflow/";
    private readonly HttpClient _client;
    private readonly string _user;
    private readonly Dictionary<string, string> _experimentOfRun = [];

    /// <summary>Reaches a server.</summary>
    /// <param name="client">With the server's address; disposed with this.</param>
    /// <param name="user">Whose runs they are.</param>
    public MlflowServer(HttpClient client, string user)
    {
        ArgumentNullException.ThrowIfNull(client);
        (_client, _user) = (client, user);
    }

    /// <inheritdoc/>
    public string Place => _client.BaseAddress!.ToString();

    /// <inheritdoc/>
    public string Begin(string experiment, string name, DateTimeOffset at)
    {
        var id = FindOrMakeExperiment(experiment);
        var answer = Post("runs/create", new JsonObject
        {
            ["experiment_id"] = id,
            ["user_id"] = _user,
            ["run_name"] = name,
            ["start_time"] = at.ToUnixTimeMilliseconds(),
            ["tags"] = Pairs(new Dictionary<string, string> { ["mlflow.user"] = _user, ["mlflow.source.type"] = "LOCAL" }),
        });
        var run = Text(answer, "run", "info", "run_id");
        _experimentOfRun[run] = id;
        return run;
    }

    /// <inheritdoc/>
    public bool TryContinue(string run)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Api}runs/get?run_id={Uri.EscapeDataString(run)}");
        using var answer = _client.Send(request);
        if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest)
        {
            return false;
        }

        _experimentOfRun[run] = Text(Read(answer), "run", "info", "experiment_id");
        Post("runs/update", new JsonObject { ["run_id"] = run, ["status"] = "RUNNING" });
        return true;
    }

    /// <inheritdoc/>
    public void LogParameters(string run, IReadOnlyDictionary<string, string> parameters) => LogPairs(run, "params", parameters);

    /// <inheritdoc/>
    public void SetTags(string run, IReadOnlyDictionary<string, string> tags) => LogPairs(run, "tags", tags);

    /// <inheritdoc/>
    public void LogMetrics(string run, IReadOnlyList<MetricPoint> points)
    {
        foreach (var batch in points.Chunk(MostInABatch))
        {
            var metrics = new JsonArray([.. batch.Select(point => new JsonObject
            {
                ["key"] = point.Name, ["value"] = point.Value, ["timestamp"] = point.At.ToUnixTimeMilliseconds(), ["step"] = point.Step,
            })]);
            Post("runs/log-batch", new JsonObject { ["run_id"] = run, ["metrics"] = metrics });
        }
    }

    /// <inheritdoc/>
    public void LogArtifact(string run, string name, byte[] content)
    {
        var path = $"api/2.0/mlflow-artifacts/artifacts/{Uri.EscapeDataString(_experimentOfRun[run])}/{Uri.EscapeDataString(run)}/artifacts/{Uri.EscapeDataString(name)}";
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new ByteArrayContent(content) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var answer = _client.Send(request);
        Read(answer);
    }

    /// <inheritdoc/>
    public void End(string run, RunStatus status, DateTimeOffset at) => Post("runs/update", new JsonObject
    {
        ["run_id"] = run, ["status"] = status.ToString().ToUpperInvariant(), ["end_time"] = at.ToUnixTimeMilliseconds(),
    });

    /// <summary>Lets go of the connection.</summary>
    public void Dispose() => _client.Dispose();

    private static JsonArray Pairs(IEnumerable<KeyValuePair<string, string>> values) =>
        new([.. values.Select(pair => new JsonObject { ["key"] = pair.Key, ["value"] = pair.Value })]);

    private static JsonNode Read(HttpResponseMessage answer)
    {
        using var reader = new StreamReader(answer.Content.ReadAsStream());
        var body = reader.ReadToEnd();
        if (!answer.IsSuccessStatusCode)
        {
            throw new HttpRequestException(string.Create(CultureInfo.InvariantCulture, $"{answer.RequestMessage?.RequestUri} answered {(int)answer.StatusCode}: {body[..Math.Min(200, body.Length)]}"), null, answer.StatusCode);
        }

        try
        {
            return body.Length == 0 ? new JsonObject() : JsonNode.Parse(body) ?? new JsonObject();
        }
        catch (JsonException e)
        {
            throw new HttpRequestException($"{answer.RequestMessage?.RequestUri} answered no JSON: {e.Message}", e);
        }
    }

    private static string Text(JsonNode answer, params string[] path) =>
        path.Aggregate((JsonNode?)answer, (node, name) => (node as JsonObject)?[name])?.GetValue<string>()
            ?? throw new HttpRequestException($"The answer has no {string.Join('.', path)}: {answer.ToJsonString()}");

    private void LogPairs(string run, string kind, IReadOnlyDictionary<string, string> values)
    {
        foreach (var batch in values.Chunk(MostInABatch))
        {
            Post("runs/log-batch", new JsonObject { ["run_id"] = run, [kind] = Pairs(batch) });
        }
    }

    private string FindOrMakeExperiment(string name)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Api}experiments/get-by-name?experiment_name={Uri.EscapeDataString(name)}");
        using var answer = _client.Send(request);
        return answer.StatusCode == HttpStatusCode.NotFound
            ? Text(Post("experiments/create", new JsonObject { ["name"] = name }), "experiment_id")
            : Text(Read(answer), "experiment", "experiment_id");
    }

    private JsonNode Post(string what, JsonObject body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Api + what) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
        using var answer = _client.Send(request);
        return Read(answer);
    }
}
