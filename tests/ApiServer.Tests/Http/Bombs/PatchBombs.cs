using System.Text;
using static Coxswain.ApiServer.Tests.Http.Bombs.Bomb;

namespace Coxswain.ApiServer.Tests.Http.Bombs;

/// <summary>Patches of what <see cref="BombTests"/> has put there: ConfigMaps of 50 000 keys, of 30 000 finalizers and of 10 000 owners, a ControllerRevision with a list of 400 000 numbers, a Pod with many arguments.</summary>
internal static class PatchBombs
{
    public const string Map = "/api/v1/namespaces/ns/configmaps/big", Revision = "/apis/apps/v1/namespaces/ns/controllerrevisions/big", Pod = "/api/v1/namespaces/ns/pods/big";
    public const string Listed = "/api/v1/namespaces/ns/configmaps/listed", Owned = "/api/v1/namespaces/ns/configmaps/owned";
    public const int Keys = 50_000, Numbers = 400_000, Items = 30_000, Owners = 10_000;

    public static IEnumerable<Bomb> All =>
    [
        JsonPatch("too many operations", Map, 413, "The allowed maximum operations in a JSON patch is 10000, got 10001", () => $"[{Each(10_001, _ => "{\"op\":\"test\",\"path\":\"/x\"}")}]"),
        JsonPatch("copies that double", Revision, 422, "", () => $"[{Each(10_000, i => $"{{\"op\":\"copy\",\"from\":\"/data\",\"path\":\"/x{i}\"}}")}]"),
        JsonPatch("copies into themselves", Map, 422, "", () => $"[{{\"op\":\"add\",\"path\":\"/a\",\"value\":{{}}}},{Each(9_000, _ => "{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/a/a\"}")}]"),
        JsonPatch("items put first", Revision, 413, "shift more than", () => $"[{Each(10_000, _ => "{\"op\":\"add\",\"path\":\"/data/a/0\",\"value\":1}")}]"),
        JsonPatch("items taken from the front", Revision, 413, "shift more than", () => $"[{Each(10_000, _ => "{\"op\":\"remove\",\"path\":\"/data/a/0\"}")}]"),
        JsonPatch("keys taken out", Map, 413, "shift more than", () => $"[{Each(10_000, i => $"{{\"op\":\"remove\",\"path\":\"/data/k{i}\"}}")}]"),
        JsonPatch("moves to and fro", Revision, 413, "shift more than", () => $"[{Each(10_000, i => $"{{\"op\":\"move\",\"from\":\"/data/a/{i % 2}\",\"path\":\"/data/a/{1 - i % 2}\"}}")}]"),
        JsonPatch("paths that grow deep", Map, 422, "", () => $"[{Each(140, i => $"{{\"op\":\"add\",\"path\":\"{Repeat("/a", 100 * i + 1)}\",\"value\":{Repeat("{\"a\":", 100)}{{}}{Repeat("}", 100)}}}")}]"),
        JsonPatch("a patch 10 000 deep", Map, 400, "", () => $"[{Repeat("[", 9_000)}{Repeat("]", 9_000)}]"),
        JsonPatch("keys that stand twice, at the end of a long path", Map, 0, "", () => $"[{{\"op\":\"add\",\"path\":\"/metadata/labels\",\"value\":{{\"{new string('k', 1_000_000)}\":{{{Repeat("\"a\":0,", 200_000)}\"a\":0}}}}}}]"),
        Merge("keys taken out", Map, 200, "", () => $"{{\"data\":{{{Each(Keys, i => $"\"k{i}\":null")}}}}}"),
        Merge("keys that stand twice, far down", Map, 0, "", () => $"{Repeat("{\"a\":", 120)}{{{Repeat("\"b\":0,", 200_000)}\"b\":0}}{Repeat("}", 120)}"),
        Strategic("finalizers", Listed, 200, "", () => $"{{\"metadata\":{{\"finalizers\":[{Each(Items, i => $"\"b/f{i}\"")}]}}}}"),
        Strategic("owners", Owned, 200, "", () => $"{{\"metadata\":{{\"ownerReferences\":[{Each(Owners, i => $"{{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"name\":\"p{i}\",\"uid\":\"v{i}\"}}")}]}}}}"),
        Strategic("owners taken out", Owned, 200, "", () => $"{{\"metadata\":{{\"ownerReferences\":[{Each(Owners, i => $"{{\"$patch\":\"delete\",\"uid\":\"u{i}\"}}")}]}}}}"),
        Strategic("an order of finalizers", Listed, 200, "", () => $"{{\"metadata\":{{\"$setElementOrder/finalizers\":[{Each(30_000, i => $"\"a/f{i}\"")}],\"finalizers\":[{Each(20_000, i => $"\"a/f{i}\"")}]}}}}"),
        Strategic("finalizers taken out", Listed, 200, "", () => $"{{\"metadata\":{{\"$deleteFromPrimitiveList/finalizers\":[{Each(40_000, i => $"\"a/f{i}\"")}]}}}}"),
        Strategic("keys taken out", Map, 200, "", () => $"{{\"data\":{{{Each(Keys, i => $"\"k{i}\":null")}}}}}"),
        Strategic("keys that stay", Map, 200, "", () => $"{{\"data\":{{\"$retainKeys\":[\"k1\"]}}}}"),
        Merge("arguments of a Pod, all others", Pod, 422, "pod updates may not change fields other than", () => $"{{\"spec\":{{\"containers\":[{{\"name\":\"c\",\"image\":\"i\",\"args\":[{Each(30_000, i => $"\"{i * 7 % 100}\"")}]}}]}}}}"),
        new("GET: a deep list, indented", "GET", "/apis/apps/v1/namespaces/ns/controllerrevisions/deep?pretty=true", 200, ""),
    ];

    private static Bomb JsonPatch(string name, string path, int code, string says, Func<string> body) => Patch($"JSON patch: {name}", path, code, says, body, "application/json-patch+json");

    private static Bomb Merge(string name, string path, int code, string says, Func<string> body) => Patch($"merge patch: {name}", path, code, says, body, "application/merge-patch+json");

    private static Bomb Strategic(string name, string path, int code, string says, Func<string> body) => Patch($"strategic patch: {name}", path, code, says, body, "application/strategic-merge-patch+json");

    /// <summary>Dry runs, so that each finds the same object.</summary>
    private static Bomb Patch(string name, string path, int code, string says, Func<string> body, string contentType) =>
        new(name, "PATCH", $"{path}?dryRun=All", code, says) { Body = () => Encoding.UTF8.GetBytes(body()), ContentType = contentType };
}
