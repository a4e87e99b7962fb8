using Coxswain.Api;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>Paths inside volumes may not lead out of them.</summary>
internal static class PathValidation
{
    public static void Descending(string path, FieldPath field, FieldErrors errors)
    {
        if (path.StartsWith('/')) errors.Invalid(field, path, "must be a relative path");
        NoBacksteps(path, field, errors);
    }

    public static void NoBacksteps(string path, FieldPath field, FieldErrors errors)
    {
        if (HasBacksteps(path)) errors.Invalid(field, path, "must not contain '..'");
    }

    /// <summary>As <see cref="Descending"/>, and not among the names that atomic updates use.</summary>
    public static void NotReserved(string path, FieldPath field, FieldErrors errors)
    {
        Descending(path, field, errors);
        if (path.StartsWith("..", StringComparison.Ordinal) && !path.StartsWith("../", StringComparison.Ordinal)) errors.Invalid(field, path, "must not start with '..'");
    }

    public static bool HasBacksteps(string path) => path.Split('/').Contains("..");
}
