using System.Globalization;
using System.Text;
using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using k8s.Models;

namespace Coxswain.ApiServer.Http;

/// <summary>Reads the options that travel in a query string, and says what is wrong with them in upstream's words.</summary>
internal static class QueryOptions
{
    private const string MetaGroup = "meta.k8s.io";
    private const int MaximumManagerBytes = 128;

    public static ListQuery List(RequestQuery query) => new()
    {
        LabelSelector = query.Get("labelSelector") ?? "",
        FieldSelector = query.Get("fieldSelector") ?? "",
        ResourceVersion = query.Get("resourceVersion") ?? "",
        ResourceVersionMatch = query.Get("resourceVersionMatch") ?? "",
        TimeoutSeconds = query.Integer("timeoutSeconds"),
        Limit = query.Integer("limit") ?? 0,
        Continue = query.Get("continue") ?? "",
        AllowWatchBookmarks = query.Bool("allowWatchBookmarks"),
        SendInitialEvents = query.OptionalBool("sendInitialEvents"),
    };

    public static IncludeObject IncludeObject(RequestQuery query) => query.Get("includeObject") switch
    {
        null or "" or "Metadata" => Http.IncludeObject.Metadata,
        "None" => Http.IncludeObject.None,
        "Object" => Http.IncludeObject.Object,
        var other => throw ApiErrors.BadRequest($"unrecognized includeObject value: {GoText.Quote(other)}"),
    };

    /// <param name="kind"><c>CreateOptions</c>, <c>UpdateOptions</c>, <c>PatchOptions</c>: how a finding names what it is in.</param>
    public static (bool DryRun, FieldValidation Validation, string Manager) Write(RequestQuery query, string kind)
    {
        var errors = new FieldErrors();
        // Other kinds of patch than apply, which is not served, cannot be forced.
        if (kind == "PatchOptions" && query.OptionalBool("force") is not null) errors.Forbidden(FieldPath.Root("force"), "may not be specified for non-apply patch");
        var manager = query.Get("fieldManager") ?? "";
        CheckManager(manager, errors);
        var dryRun = query.All("dryRun");
        DryRunRules.Check(dryRun, errors);
        var validation = query.Get("fieldValidation") ?? "";
        if (validation is not ("" or "Ignore" or "Warn" or "Strict")) errors.NotSupported(FieldPath.Root("fieldValidation"), validation, "", "Ignore", "Strict", "Warn");
        Throw(kind, errors);
        return (dryRun.Count > 0, validation switch { "Ignore" => FieldValidation.Ignore, "Strict" => FieldValidation.Strict, _ => FieldValidation.Warn }, manager);
    }

    /// <summary>The body when there is one, else the query.</summary>
    public static V1DeleteOptions Delete(RequestQuery query, ReadOnlyMemory<byte> body)
    {
        var options = body.Length > 0 ? Decode(body) : new V1DeleteOptions
        {
            GracePeriodSeconds = query.Integer("gracePeriodSeconds"),
            PropagationPolicy = query.Get("propagationPolicy"),
            DryRun = query.All("dryRun") is { Count: > 0 } given ? given : null,
            Preconditions = Preconditions(query),
        };
        if (body.Length == 0 && query.OptionalBool("orphanDependents") is { } orphan) SetOrphan(options, orphan);
        DeleteOptionsRules.Validate(options);
        if (options.GracePeriodSeconds < 0) options.GracePeriodSeconds = 1;
        return options;
    }

    private static V1Preconditions? Preconditions(RequestQuery query)
    {
        var (uid, version) = (Some(query.Get("uid")), Some(query.Get("resourceVersion")));
        return uid is null && version is null ? null : new V1Preconditions { Uid = uid, ResourceVersion = version };

        static string? Some(string? text) => string.IsNullOrEmpty(text) ? null : text;
    }

    private static V1DeleteOptions Decode(ReadOnlyMemory<byte> body)
    {
        try
        {
            return StrictDecoder.DecodeDeleteOptions(body.Span);
        }
        catch (GoDecodeException e)
        {
            throw ApiErrors.Unknown(e.Message); // 500, as upstream: it hands on what its decoder says
        }
    }

#pragma warning disable CS0618 // the wire still has it
    private static void SetOrphan(V1DeleteOptions options, bool orphan) => options.OrphanDependents = orphan;
#pragma warning restore CS0618

    private static void CheckManager(string manager, FieldErrors errors)
    {
        var path = FieldPath.Root("fieldManager");
        if (Encoding.UTF8.GetByteCount(manager) > MaximumManagerBytes) errors.TooLong(path, MaximumManagerBytes);
        var position = 0;
        foreach (var rune in manager.EnumerateRunes())
        {
            if (!IsPrintable(rune)) errors.Invalid(path, manager, $"invalid character U+{rune.Value:X4} (at position {position})");
            position += rune.Utf8SequenceLength;
        }
    }

    /// <summary>Go's unicode.IsPrint: of blanks the plain one only.</summary>
    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    private static void Throw(string kind, FieldErrors errors)
    {
        if (errors.Count > 0) throw ApiErrors.Invalid(new GroupVersionKind(MetaGroup, "v1", kind), "", errors);
    }
}
