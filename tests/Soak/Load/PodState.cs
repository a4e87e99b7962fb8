using System.Text.Json.Nodes;

namespace Coxswain.Soak.Load;

/// <summary>What a Pod shows that must stay as it is while nothing is done to it.</summary>
/// <param name="Container">The first container's id.</param>
internal sealed record PodState(string Name, string Uid, string Container, int Restarts, string Address)
{
    public required string Phase { get; init; }
    public required bool Ready { get; init; }
    public required bool Deleting { get; init; }
    public bool RunsWell => Ready && !Deleting && Phase == "Running";
    public bool HasEnded => Phase is "Failed" or "Succeeded";

    public static PodState Of(JsonNode pod)
    {
        var status = pod["status"];
        var container = status?["containerStatuses"]?[0];
        var id = ((string?)container?["containerID"] ?? "").Split("//")[^1];
        var (name, uid) = ((string)pod["metadata"]!["name"]!, (string)pod["metadata"]!["uid"]!);
        return new PodState(name, uid, id, (int?)container?["restartCount"] ?? 0, (string?)status?["podIP"] ?? "")
        {
            Phase = (string?)status?["phase"] ?? "",
            Ready = status?["conditions"]?.AsArray().Any(c => (string?)c!["type"] == "Ready" && (string?)c["status"] == "True") ?? false,
            Deleting = pod["metadata"]!["deletionTimestamp"] is not null,
        };
    }

    public string Describe() =>
        $"{Name}: {Phase}{(Ready ? "" : ", not ready")}{(Deleting ? ", being deleted" : "")}, "
        + $"container {Container[..Math.Min(12, Container.Length)]}, {Restarts} restarts, address {Address}, uid {Uid}";
}
