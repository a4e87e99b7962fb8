namespace Coxswain.Store.Core;

/// <summary>A place between two keys. Every key is either below it or not, and all keys below it come first.</summary>
internal readonly struct Bound
{
    private readonly string _text;
    private readonly int _length;
    private readonly bool _orEqual;

    private Bound(string text, int length, bool orEqual)
    {
        _text = text;
        _length = length;
        _orEqual = orEqual;
    }

    /// <summary>Just before <paramref name="key"/>.</summary>
    public static Bound Before(string key) => new(key, int.MaxValue, orEqual: false);

    /// <summary>Just after <paramref name="key"/>.</summary>
    public static Bound After(string key) => new(key, int.MaxValue, orEqual: true);

    /// <summary>After the last key that starts with <paramref name="prefix"/>.</summary>
    public static Bound PastPrefix(string prefix) => new(prefix, prefix.Length, orEqual: true);

    public bool IsAbove(string key)
    {
        var order = string.CompareOrdinal(key, 0, _text, 0, _length);
        return _orEqual ? order <= 0 : order < 0;
    }
}
