using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>How a Pod resolves names.</summary>
internal static class DnsValidation
{
    private const int Nameservers = 3;
    private const int Searches = 32;
    private const int SearchCharacters = 2048;

    public static void Validate(V1PodSpec spec, FieldPath path, FieldErrors errors)
    {
        var config = spec.DnsConfig;
        if (spec.DnsPolicy == "None" && config is null) errors.Required(path, "must provide `dnsConfig` when `dnsPolicy` is None");
        else if (spec.DnsPolicy == "None" && config!.Nameservers is not { Count: > 0 }) errors.Required(path.Child("nameservers"), "must provide at least one DNS nameserver when `dnsPolicy` is None");
        else if (config is not null) Config(config, path, errors);
    }

    public static void HostAliases(IList<V1HostAlias>? aliases, FieldPath path, FieldErrors errors)
    {
        for (var i = 0; i < (aliases?.Count ?? 0); i++)
        {
            var (alias, at) = (aliases![i], path.Index(i));
            errors.InvalidAll(at.Child("ip"), alias.Ip ?? "", ValueRules.Ip(alias.Ip ?? ""));
            for (var j = 0; j < (alias.Hostnames?.Count ?? 0); j++) errors.InvalidAll(at.Child("hostnames").Index(j), alias.Hostnames![j], NameRules.Dns1123Subdomain(alias.Hostnames[j]));
        }
    }

    private static void Config(V1PodDNSConfig config, FieldPath path, FieldErrors errors)
    {
        var (servers, searches) = (config.Nameservers ?? [], config.Searches ?? []);
        if (servers.Count > Nameservers) errors.Invalid(path.Child("nameservers"), GoJson.Strings(servers), $"must not have more than {Nameservers} nameservers");
        for (var i = 0; i < servers.Count; i++) errors.InvalidAll(path.Child("nameservers").Index(i), servers[i], ValueRules.Ip(servers[i]));
        if (searches.Count > Searches) errors.Invalid(path.Child("searches"), GoJson.Strings(searches), $"must not have more than {Searches} search paths");
        if (string.Join(' ', searches).Length > SearchCharacters)
        {
            errors.Invalid(path.Child("searches"), GoJson.Strings(searches), $"must not have more than {SearchCharacters} characters (including spaces) in the search list");
        }
        for (var i = 0; i < searches.Count; i++) Search(searches[i], path.Child("searches").Index(i), errors);
        for (var i = 0; i < (config.Options?.Count ?? 0); i++)
        {
            if (string.IsNullOrEmpty(config.Options![i].Name)) errors.Required(path.Child("options").Index(i), "must not be empty");
        }
    }

    /// <summary>A trailing dot, underscores and the bare root are fine in searches.</summary>
    private static void Search(string search, FieldPath path, FieldErrors errors)
    {
        if (search == ".") return;
        var name = search.EndsWith('.') ? search[..^1] : search;
        errors.InvalidAll(path, name, NameRules.Dns1123Subdomain(name.Replace('_', 'a')));
    }
}
