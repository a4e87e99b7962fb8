namespace Coxswain.Soak;

/// <summary>What must hold whatever happens, by name.</summary>
internal static class Invariant
{
    public const string Writes = "nothing acknowledged is lost or comes back";
    public const string Revisions = "resource versions only go up";
    public const string Watches = "watches have no gap and no duplicate";
    public const string Bystanders = "Pods that were not hit run on";
    public const string Recovery = "all is well again in time";
    public const string Alive = "the server ends only when it is told to";
    public const string Responsive = "another client is answered in time";
    public const string Errors = "no 5xx and no dropped request while up";
    public const string DiskFull = "a full disk refuses writes and nothing else";
    public const string Damage = "damaged files are refused and kept";
    public const string Hostile = "hostile input gets no 5xx";
    public const string Memory = "memory stays within its bounds";
    public const string Handles = "no handles, mounts, processes or zombies pile up";
    public const string Log = "no stack trace in the log";
    public const string LeftBehind = "down and reset leave nothing";

    public static IReadOnlyList<string> All { get; } =
    [
        Writes, Revisions, Watches, Bystanders, Recovery, Alive, Responsive, Errors,
        DiskFull, Damage, Hostile, Memory, Handles, Log, LeftBehind,
    ];
}
