namespace Coxswain.Bench.Cluster;

/// <summary>One request.</summary>
internal readonly record struct Call(HttpMethod Method, string Path, ReadOnlyMemory<byte> Body = default, string ContentType = "application/json")
{
    public static Call Get(string path) => new(HttpMethod.Get, path);
    public static Call Post(string path, ReadOnlyMemory<byte> body) => new(HttpMethod.Post, path, body);
    public static Call Patch(string path, ReadOnlyMemory<byte> body) => new(HttpMethod.Patch, path, body, "application/merge-patch+json");
    public static Call Delete(string path) => new(HttpMethod.Delete, path);
}
