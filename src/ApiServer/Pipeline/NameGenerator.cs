using System.Security.Cryptography;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>Makes names from <c>metadata.generateName</c>: five characters that spell no words and are hard to mistake for one another.</summary>
internal static class NameGenerator
{
    /// <summary>A name that is taken is tried anew so often.</summary>
    public const int Attempts = 8;

    private const int SuffixLength = 5;
    private const int LongestBase = 63 - SuffixLength;
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    public static string Generate(string prefix) =>
        string.Concat(prefix.AsSpan(0, Math.Min(prefix.Length, LongestBase)), RandomNumberGenerator.GetString(Alphabet, SuffixLength));
}
