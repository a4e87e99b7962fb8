using System.Globalization;
using System.Text.Json;

namespace Coxswain.EndToEnd.Harness;

/// <summary>One stock kubectl, pointed at one cluster and, when given, one namespace.</summary>
internal sealed class Kubectl(string executable, string kubeconfig, string? ns = null)
{
    /// <summary>Stands for the kubectl on PATH, whatever its version.</summary>
    public const string OnPath = "on-path";

    /// <summary>
    /// The versions that users have, as far as they lie beside the kubectl on PATH; else that one: what is said of kubectl is tried on every machine, be it with Debian's.
    /// </summary>
    public static TheoryData<string> Versions { get; } = new(((string[])["1.33", "1.31", "1.27"]).Where(v => Find(v) is not null).DefaultIfEmpty(OnPath));

    private int? _minor;

    /// <summary>The kubectl on PATH, or the given version of it where that lies beside it; null when this machine does not have it.</summary>
    public static string? Find(string? version = null)
    {
        foreach (var d in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'))
        {
            var file = new FileInfo(Path.Combine(d, "kubectl"));
            if (!file.Exists) continue;
            if (version is null or OnPath) return file.FullName;
            var target = file.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file.FullName;
            var beside = Path.Combine(Path.GetDirectoryName(target)!, $"kubectl.{version}");
            return File.Exists(beside) ? beside : null;
        }
        return null;
    }

    public Kubectl In(string name) => new(executable, kubeconfig, name);

    /// <summary>Its own version: 33 for v1.33.2.</summary>
    public async Task<int> MinorAsync()
    {
        if (_minor is { } known) return known;
        using var told = JsonDocument.Parse(await GetAsync("version", "--client", "-o", "json"));
        return (_minor = int.Parse(told.RootElement.GetProperty("clientVersion").GetProperty("minor").GetString()!.TrimEnd('+'), CultureInfo.InvariantCulture)).Value;
    }

    /// <summary>Whether it can do exec over WebSocket; older ones speak only SPDY.</summary>
    public async Task<bool> CanExecAsync() => await MinorAsync() >= 30;

    public Task<CommandResult> RunAsync(params IEnumerable<string> args) => Command.RunAsync(executable, Arguments(args), Environment_);

    /// <summary>Runs and gives standard output, trimmed; anything but exit code 0 fails the test.</summary>
    public async Task<string> GetAsync(params IEnumerable<string> args) => (await RunAsync(args)).Succeeded().Output.Trim();

    /// <summary>Runs a line as a user types it (no quoting).</summary>
    public Task<string> LineAsync(string line) => GetAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    public Task<CommandResult> TryLineAsync(string line) => RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary><c>kubectl VERB -f -</c> with this text.</summary>
    public async Task<string> FeedAsync(string verb, string manifest) =>
        (await Command.RunAsync(executable, Arguments([verb, "-f", "-"]), Environment_, manifest)).Succeeded().Output.Trim();

    public Task<CommandResult> TryFeedAsync(string verb, string manifest, params IEnumerable<string> more) =>
        Command.RunAsync(executable, Arguments([verb, "-f", "-", .. more]), Environment_, manifest);

    /// <summary>A field by JSONPath, empty when it is not there (or the object is not).</summary>
    public async Task<string> FieldAsync(string what, string jsonPath) =>
        (await RunAsync([.. what.Split(' '), "-o", $"jsonpath={jsonPath}", "--ignore-not-found"]) is { ExitCode: 0 } r) ? r.Output.Trim() : "";

    /// <summary>What the STATUS column of a Pod says.</summary>
    public async Task<string> StatusAsync(string pod)
    {
        var line = (await RunAsync(["get", "pod", pod, "--no-headers", "--ignore-not-found"])).Output;
        var cells = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return cells.Length > 2 ? cells[2] : "";
    }

    public Task PodReadyAsync(string pod, int seconds = 60) =>
        Eventually.IsAsync(() => FieldAsync($"get pod {pod}", "{.status.conditions[?(@.type=='Ready')].status}"), "True", seconds);

    private static readonly Dictionary<string, string> Environment_ = new() { ["KUBECTL_REMOTE_COMMAND_WEBSOCKETS"] = "true", ["HOME"] = KubectlHome.Directory };

    private IEnumerable<string> Arguments(IEnumerable<string> args) =>
        ns is null ? ["--kubeconfig", kubeconfig, .. args] : ["--kubeconfig", kubeconfig, "-n", ns, .. args];
}
