namespace Coxswain;

/// <summary>Ours, and the Kubernetes version whose API is served.</summary>
internal static class Versions
{
    public const string Kubernetes = "v1.36.0";
    public static string Cox { get; } = typeof(Versions).Assembly.GetName().Version is { } v ? $"{v.Major}.{v.Minor}.{v.Build}" : "0.0.0";
}
