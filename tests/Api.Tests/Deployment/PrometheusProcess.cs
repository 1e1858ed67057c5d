using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Buddies.Api.Tests.Deployment;

/// <summary>A Prometheus of the machine's own, in a process that scrapes one server every second.</summary>
internal sealed class PrometheusProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly HttpClient _client;

    private PrometheusProcess(string directory, string configuration)
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            _client = new HttpClient { BaseAddress = new Uri($"http://{free.LocalEndpoint}"), Timeout = TimeSpan.FromSeconds(30) };
        }

        _process = Process.Start(new ProcessStartInfo("prometheus",
        [
            $"--config.file={configuration}", $"--storage.tsdb.path={Path.Combine(directory, "tsdb")}",
            $"--web.listen-address={_client.BaseAddress!.Authority}", "--log.level=warn",
        ])
        {
            RedirectStandardError = true,
        })!;
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
            {
                _log.AppendLine(line.Data);
            }
        };
        _process.BeginErrorReadLine();
    }

    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Starts one that scrapes a server as the job <c>buddies</c> and evaluates the repository's rules every second.</summary>
    public static PrometheusProcess Start(string directory, Uri server)
    {
        var (rules, configuration) = (Path.Combine(directory, "rules.yml"), Path.Combine(directory, "prometheus.yml"));
        MonitoringFiles.WriteRules(rules, interval: "1s");
        File.WriteAllText(configuration, $"""
            global: {"{"}scrape_interval: 1s, evaluation_interval: 1s{"}"}
            rule_files: ["{rules}"]
            scrape_configs:
              - job_name: buddies
                static_configs:
                  - targets: ["{server.Authority}"]
                    labels: {"{"}namespace: test{"}"}
            """);
        return new PrometheusProcess(directory, configuration);
    }

    /// <summary>Asks again and again until the answer is as wished; for some minutes at most.</summary>
    public async Task<JsonElement> WaitAsync(string path, Func<JsonElement, bool> isDone, string what)
    {
        var last = "nothing";
        for (var i = 0; i < 2000; i++)
        {
            Assert.False(_process.HasExited, $"Prometheus has ended:\n{Log}");
            try
            {
                using var answer = await _client.GetAsync(path);
                last = await answer.Content.ReadAsStringAsync();
                if (answer.IsSuccessStatusCode && JsonDocument.Parse(last).RootElement.GetProperty("data") is var data && isDone(data))
                {
                    return data;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(100);
        }

        Assert.Fail($"{what}; the last answer was {last}\n{Log}");
        throw new UnreachableException();
    }

    /// <summary>The result of a query as of now, as Prometheus prints it.</summary>
    public async Task<IReadOnlyList<JsonElement>> QueryAsync(string query)
    {
        using var answer = await _client.GetAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}");
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{query}: {text}");
        return [.. JsonDocument.Parse(text).RootElement.GetProperty("data").GetProperty("result").EnumerateArray()];
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        _client.Dispose();
    }
}
