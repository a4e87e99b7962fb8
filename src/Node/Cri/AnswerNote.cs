namespace Coxswain.Node.Cri;

/// <summary>Notes when the other side answered last, whatever it was asked.</summary>
internal sealed class AnswerNote(HttpMessageHandler inner, TimeProvider time) : DelegatingHandler(inner)
{
    private long _last = time.GetTimestamp();

    public TimeSpan Since => time.GetElapsedTime(Volatile.Read(ref _last));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        Volatile.Write(ref _last, time.GetTimestamp());
        return response;
    }
}
