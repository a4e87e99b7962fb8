using System.Text;
using Microsoft.AspNetCore.Http;

namespace Coxswain.ApiServer.Http;

/// <summary><c>/healthz</c>, <c>/livez</c>, <c>/readyz</c>: whoever gets an answer talks to a server that serves.</summary>
internal static class Health
{
    private static readonly string[] Checks = ["ping", "log", "store"];

    public static bool Knows(string path)
    {
        var parts = path.Split('/');
        return parts.Length is 2 or 3 && parts[1] is "healthz" or "livez" or "readyz" && (parts.Length == 2 || Checks.Contains(parts[2]));
    }

    /// <summary>Whether the request asks for the server's health, by whatever path below.</summary>
    public static bool IsCheck(RequestInfo info) => !info.IsResource
        && (IsBelow(info.Path, "/healthz") || IsBelow(info.Path, "/livez") || IsBelow(info.Path, "/readyz"));

    private static bool IsBelow(string path, string root) => path.StartsWith(root, StringComparison.Ordinal);

    public static void Answer(HttpContext http, string path, RequestQuery query)
    {
        var parts = path.Split('/');
        if (parts.Length == 3 || query.Get("verbose") is null)
        {
            Responses.Text(http, 200, "ok");
            return;
        }
        var excluded = query.All("exclude");
        var text = new StringBuilder();
        foreach (var check in Checks) text.Append("[+]").Append(check).Append(excluded.Contains(check) ? " excluded: ok\n" : " ok\n");
        Responses.Text(http, 200, text.Append(parts[1]).Append(" check passed\n").ToString());
    }
}
