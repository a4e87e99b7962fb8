namespace Coxswain.Api;

/// <summary>The <c>group/version</c> spelling of <c>apiVersion</c>; the core group has no slash.</summary>
public static class GroupVersion
{
    public static string Format(string group, string version) => group.Length == 0 ? version : $"{group}/{version}";

    /// <summary>Splits <c>apps/v1</c> or <c>v1</c>. False when there is more than one slash or a part is empty.</summary>
    public static bool TryParse(string? apiVersion, out string group, out string version)
    {
        (group, version) = ("", "");
        if (string.IsNullOrEmpty(apiVersion)) return false;
        var slash = apiVersion.IndexOf('/');
        if (slash < 0)
        {
            version = apiVersion;
            return true;
        }
        if (slash == 0 || slash == apiVersion.Length - 1 || apiVersion.IndexOf('/', slash + 1) >= 0) return false;
        (group, version) = (apiVersion[..slash], apiVersion[(slash + 1)..]);
        return true;
    }
}
