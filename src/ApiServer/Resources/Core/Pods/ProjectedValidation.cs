using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>Several sources under one directory: no two may write the same file.</summary>
internal static class ProjectedValidation
{
    private const long ShortestToken = 10 * 60;
    private const long LongestToken = 1L << 32;

    private static readonly string[] Fields = ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];

    public static void Validate(V1ProjectedVolumeSource projected, FieldPath path, FieldErrors errors)
    {
        VolumeValidation.Mode(projected.DefaultMode, path.Child("defaultMode"), errors);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < (projected.Sources?.Count ?? 0); i++) Source(projected.Sources![i], taken, path, path.Child("sources").Index(i), errors);
    }

    public static void DownwardFile(V1DownwardAPIVolumeFile file, FieldPath path, FieldErrors errors)
    {
        VolumeValidation.Need(file.Path, path.Child("path"), errors);
        PathValidation.NotReserved(file.Path ?? "", path.Child("path"), errors);
        if (file.FieldRef is { } field)
        {
            DownwardValidation.Field(field, Fields, path.Child("fieldRef"), errors);
            if (file.ResourceFieldRef is not null) errors.Invalid(path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
        }
        else if (file.ResourceFieldRef is { } resource) DownwardValidation.Resource(resource, inVolume: true, path.Child("resourceFieldRef"), errors);
        else errors.Required(path, "one of fieldRef and resourceFieldRef is required");
        VolumeValidation.Mode(file.Mode, path.Child("mode"), errors);
    }

    private static void Source(V1VolumeProjection source, HashSet<string> taken, FieldPath volume, FieldPath path, FieldErrors errors)
    {
        var first = true;
        if (source.Secret is { } secret && First("secret")) Keys(secret.Name, secret.Items, taken, volume, path.Child("secret"), errors);
        if (source.ConfigMap is { } map && First("configMap")) Keys(map.Name, map.Items, taken, volume, path.Child("configMap"), errors);
        if (source.DownwardAPI is { } downward && First("downwardAPI"))
        {
            foreach (var file in downward.Items ?? [])
            {
                DownwardFile(file, path.Child("downwardAPI"), errors);
                Take(file.Path, taken, volume, errors);
            }
        }
        if (source.ServiceAccountToken is { } token && First("serviceAccountToken")) Token(token, taken, volume, path.Child("serviceAccountToken"), errors);
        if (source.ClusterTrustBundle is { } bundle && First("clusterTrustBundle")) Bundle(bundle, taken, volume, path.Child("clusterTrustBundle"), errors);
        if (source.PodCertificate is { } certificate && First("podCertificate")) Certificate(certificate, taken, volume, path.Child("podCertificate"), errors);

        bool First(string name)
        {
            if (!first) errors.Forbidden(path.Child(name), "may not specify more than 1 volume type");
            var was = first;
            first = false;
            return was;
        }
    }

    private static void Keys(string? name, IList<V1KeyToPath>? items, HashSet<string> taken, FieldPath volume, FieldPath path, FieldErrors errors)
    {
        VolumeValidation.Need(name, path.Child("name"), errors);
        for (var i = 0; i < (items?.Count ?? 0); i++)
        {
            VolumeValidation.Item(items![i], path.Child("items").Index(i), errors);
            Take(items[i].Path, taken, volume, errors);
        }
    }

    private static void Token(V1ServiceAccountTokenProjection token, HashSet<string> taken, FieldPath volume, FieldPath path, FieldErrors errors)
    {
        if (token.ExpirationSeconds < ShortestToken) errors.Invalid(path.Child("expirationSeconds"), token.ExpirationSeconds.Value, "may not specify a duration less than 10 minutes");
        if (token.ExpirationSeconds > LongestToken) errors.Invalid(path.Child("expirationSeconds"), token.ExpirationSeconds.Value, "may not specify a duration larger than 2^32 seconds");
        // Upstream names the volume's path here, not the source's.
        if (string.IsNullOrEmpty(token.Path)) errors.Required(volume.Child("path"));
        else PathValidation.NotReserved(token.Path, volume.Child("path"), errors);
        Take(token.Path, taken, volume, errors);
    }

    private static void Bundle(V1ClusterTrustBundleProjection bundle, HashSet<string> taken, FieldPath volume, FieldPath path, FieldErrors errors)
    {
        if (bundle.Name is null && bundle.SignerName is null) errors.Required(path, "either name or signerName must be specified");
        if (bundle.Name is not null && bundle.SignerName is not null) errors.Invalid(path, "", "only one of name and signerName may be used");
        VolumeValidation.Need(bundle.Path, path.Child("path"), errors);
        PathValidation.NotReserved(bundle.Path ?? "", path.Child("path"), errors);
        Take(bundle.Path, taken, volume, errors);
    }

    private static void Certificate(V1PodCertificateProjection certificate, HashSet<string> taken, FieldPath volume, FieldPath path, FieldErrors errors)
    {
        VolumeValidation.Need(certificate.SignerName, path.Child("signerName"), errors);
        VolumeValidation.Need(certificate.KeyType, path.Child("keyType"), errors);
        foreach (var file in new[] { certificate.CredentialBundlePath, certificate.KeyPath, certificate.CertificateChainPath })
        {
            if (string.IsNullOrEmpty(file)) continue;
            PathValidation.NotReserved(file, path, errors);
            Take(file, taken, volume, errors);
        }
    }

    private static void Take(string? file, HashSet<string> taken, FieldPath volume, FieldErrors errors)
    {
        if (!string.IsNullOrEmpty(file) && !taken.Add(file)) errors.Invalid(volume, file, "conflicting duplicate paths");
    }
}
