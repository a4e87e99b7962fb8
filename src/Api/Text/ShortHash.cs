using System.Security.Cryptography;
using System.Text;

namespace Coxswain.Api;

/// <summary>Eight hex digits of SHA-256: short names for what must not collide on one machine (bridges, sockets, cgroups).</summary>
public static class ShortHash
{
    public static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8];
}
