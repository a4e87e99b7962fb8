using Coxswain.Api;
using Coxswain.Node.Containerd;
using Coxswain.Node.Runtime;
using Coxswain.Store;

namespace Coxswain;

/// <summary>The one line that a user sees when a verb fails.</summary>
internal static class Failure
{
    private const string TraceVariable = "COX_TRACE";

    public static string Line(Exception e) => e switch
    {
        CommandException or ContainerdException or StoreOpenException or StoreUnavailableException or StatusException => e.Message,
        SnapshotException => $"the snapshot {e.Message}",
        RuntimeException runtime => runtime.Description,
        OperationCanceledException => "interrupted",
        _ when SystemFailure.Is(e) => SystemFailure.Describe(e),
        _ => Unexpected(e),
    };

    /// <summary>A fault of ours: the trace is for whoever mends it, and is shown when asked for.</summary>
    private static string Unexpected(Exception e) => Environment.GetEnvironmentVariable(TraceVariable) is { Length: > 0 }
        ? $"{e}"
        : $"failed unexpectedly ({e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}). "
          + $"This is a fault of cox: please report it with what it prints when {TraceVariable}=1 is set";
}
