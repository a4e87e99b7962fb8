namespace Coxswain.Store.Sqlite;

/// <summary>Something a caller waits for the writer to do: a proposal, or else a command that is run between two batches.</summary>
internal sealed class WriteRequest(Proposal? proposal, Action? command, CancellationToken ct)
    : TaskCompletionSource<WriteResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public Proposal? Proposal { get; } = proposal;
    public Action? Command { get; } = command;
    public CancellationToken Cancellation { get; } = ct;
}
