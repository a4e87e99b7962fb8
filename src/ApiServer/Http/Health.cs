using System.Text;
using Coxswain.Api;
using Coxswain.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Coxswain.ApiServer.Http;

/// <summary>
/// <c>/healthz</c>, <c>/livez</c>, <c>/readyz</c> and the checks below them, by upstream's names and texts
/// (<c>apiserver/pkg/server/healthz</c>). The check called etcd asks whether the
/// store can write: a server that acknowledges nothing is of no use to anybody.
/// </summary>
internal sealed partial class Health(IStore store, ILogger logger, CancellationToken stopping)
{
    private static readonly string[] Always = ["ping", "log", "etcd"];
    private static readonly Dictionary<string, string[]> Groups = new(StringComparer.Ordinal)
    {
        ["healthz"] = Always,
        ["livez"] = Always,
        ["readyz"] = [.. Always, "etcd-readiness", "shutdown"],
    };

    private string _logged = "";

    /// <summary>For the list of paths.</summary>
    public static IEnumerable<string> Paths => Groups.SelectMany(g => g.Value.Select(check => $"/{g.Key}/{check}").Prepend($"/{g.Key}"));

    public static bool Knows(string path)
    {
        var parts = path.Split('/');
        return parts.Length is 2 or 3 && Groups.TryGetValue(parts[1], out var checks) && (parts.Length == 2 || checks.Contains(parts[2]));
    }

    /// <summary>Whether the request asks for the server's health, by whatever path below.</summary>
    public static bool IsCheck(RequestInfo info) => !info.IsResource
        && (IsBelow(info.Path, "/healthz") || IsBelow(info.Path, "/livez") || IsBelow(info.Path, "/readyz"));

    private static bool IsBelow(string path, string root) => path.StartsWith(root, StringComparison.Ordinal);

    public async ValueTask AnswerAsync(HttpContext http, string path, RequestQuery query)
    {
        var parts = path.Split('/');
        if (parts.Length == 2) await AnswerAllAsync(http, parts[1], query);
        else if (await FailureOfAsync(parts[2], http.RequestAborted) is not { } failure) Responses.Text(http, 200, "ok");
        else Responses.Text(http, 500, $"internal server error: {failure}\n");
    }

    private async ValueTask AnswerAllAsync(HttpContext http, string group, RequestQuery query)
    {
        var excluded = query.All("exclude");
        var text = new StringBuilder();
        var failed = new List<string>();
        foreach (var check in Groups[group])
        {
            if (excluded.Contains(check)) text.Append("[+]").Append(check).Append(" excluded: ok\n");
            else if (await FailureOfAsync(check, http.RequestAborted) is { } failure)
            {
                // Anybody may ask here: the reason is for those who may ask the check itself, and for the log.
                text.Append("[-]").Append(check).Append(" failed: reason withheld\n");
                failed.Add($"{check}: {failure}");
            }
            else text.Append("[+]").Append(check).Append(" ok\n");
        }
        if (excluded.Where(e => !Groups[group].Contains(e)).Distinct().Order(StringComparer.Ordinal).ToList() is { Count: > 0 } unknown)
        {
            var names = string.Join(',', unknown.Select(u => GoText.Quote(u)));
            text.Append("warn: some health checks cannot be excluded: no matches for ").Append(names).Append('\n');
        }
        Log(group, failed.FirstOrDefault() ?? "");
        if (failed.Count > 0) Responses.Text(http, 500, $"{text}{group} check failed\n");
        else Responses.Text(http, 200, query.Get("verbose") is null ? "ok" : $"{text}{group} check passed\n");
    }

    /// <summary>Once for each change: probes come every few seconds.</summary>
    private void Log(string group, string failures)
    {
        if (Interlocked.Exchange(ref _logged, failures) != failures && failures.Length > 0) LogUnhealthy(group, failures);
    }

    private async ValueTask<string?> FailureOfAsync(string check, CancellationToken ct) => check switch
    {
        "etcd" or "etcd-readiness" => (await store.CheckHealthAsync(ct)).Reason is { } reason ? $"the store cannot write: {reason}" : null,
        "shutdown" when stopping.IsCancellationRequested => "process is shutting down",
        _ => null,
    };

    [LoggerMessage(EventId = 1202, Level = LogLevel.Warning, Message = "{Group} check failed: {Check}")]
    private partial void LogUnhealthy(string group, string check);
}
