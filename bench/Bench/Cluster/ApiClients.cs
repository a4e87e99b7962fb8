namespace Coxswain.Bench.Cluster;

/// <summary>Several clients of one server, each with a connection of its own.</summary>
internal sealed class ApiClients(KubeConfig config, Version version, int count) : IDisposable
{
    private readonly ApiConnection[] _clients = [.. Enumerable.Range(0, count).Select(_ => new ApiConnection(config, version))];

    public int Count => _clients.Length;

    public ApiConnection this[int number] => _clients[number];

    /// <summary>For what is asked once.</summary>
    public ApiConnection First => _clients[0];

    public void Dispose()
    {
        foreach (var client in _clients) client.Dispose();
    }
}
