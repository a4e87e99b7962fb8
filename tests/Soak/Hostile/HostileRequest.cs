using System.Text;
using Coxswain.Soak.Clusters;
using Coxswain.Soak.Load;

namespace Coxswain.Soak.Hostile;

/// <summary>One request that no good client sends.</summary>
internal sealed record HostileRequest(HttpMethod Method, string Path, byte[] Body, string ContentType)
{
    private const string Core = $"/api/v1/namespaces/{SoakCluster.HostileNamespace}", Apps = $"/apis/apps/v1/namespaces/{SoakCluster.HostileNamespace}";

    private static readonly string[] Types =
    [
        ApiClient.JsonType, ApiClient.YamlType, ApiClient.MergePatch, "application/json-patch+json", "application/strategic-merge-patch+json", "application/apply-patch+yaml",
        "application/vnd.kubernetes.protobuf", "text/plain", "application/json; charset=utf-16", "x",
    ];

    private static readonly string[] Queries =
    [
        "limit=-1", "limit=99999999999999999999", "continue=%7B%7B", "continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6LTEsInN0YXJ0IjoiLi4vLi4ifQ", "resourceVersion=xyz", "resourceVersion=99999999999",
        "resourceVersionMatch=Exact&resourceVersion=1", "fieldSelector=metadata.name%3D%3D%3D", "fieldSelector=spec.nodeName!%3D", "labelSelector=a%20in%20((((", "labelSelector=%00", "labelSelector=!",
        "timeoutSeconds=-9", "fieldManager=" + "%41", "fieldValidation=Wrong", "dryRun=Some", "propagationPolicy=Never", "pretty=maybe", "watch=perhaps&timeoutSeconds=1", "%zz", "a=%ff%fe", "allowWatchBookmarks=%00",
    ];

    private static readonly string[] Seeds =
    [
        """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"h","labels":{"a":"b"},"annotations":{"c":"d"},"ownerReferences":[]},"data":{"k":"v"},"binaryData":{"b":"AAAA"},"immutable":false}""",
        """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"h"},"type":"Opaque","stringData":{"k":"v"},"data":{"b":"AAAA"}}""",
        """{"apiVersion":"v1","kind":"Service","metadata":{"name":"h"},"spec":{"ports":[{"port":80,"targetPort":"web","protocol":"TCP"}],"selector":{"a":"b"},"type":"ClusterIP"}}""",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: h\ndata: &d\n  a: b\n  c: |\n    text\nbinaryData: *d\n",
        """[{"op":"add","path":"/data/x","value":"y"},{"op":"copy","from":"/data","path":"/metadata/annotations"},{"op":"test","path":"/kind","value":"ConfigMap"}]""",
        """{"kind":"DeleteOptions","apiVersion":"v1","preconditions":{"uid":"u","resourceVersion":"1"},"gracePeriodSeconds":0,"propagationPolicy":"Orphan"}""",
        """{"kind":"TokenRequest","apiVersion":"authentication.k8s.io/v1","spec":{"audiences":["a"],"expirationSeconds":3600}}""",
        PodManifests.Bare("h", "Always"),
        PodManifests.Deployment("h", 1),
    ];

    private static readonly string[] Paths =
    [
        Core + "/configmaps", Core + "/configmaps/h", Core + "/secrets", Core + "/services", Core + "/services/h", Core + "/pods", Core + "/pods/h", Core + "/pods/h/status", Core + "/pods/h/binding",
        Core + "/pods/h/eviction", Core + "/serviceaccounts/default/token", Apps + "/deployments", Apps + "/deployments/h", Apps + "/deployments/h/scale",
        "/apis/authorization.k8s.io/v1/subjectaccessreviews", "/api/v1/namespaces/" + SoakCluster.HostileNamespace + "/finalize", "/api/v1//configmaps", "/api/v1/namespaces/..%2f..%2f/configmaps/%00",
        "/openapi/v3/apis/x/y/z", "/apis/x/v1/y", "/api/v1/nodes/soak/proxy/x", "/%ff%fe", "/version/x",
    ];

    private static readonly HttpMethod[] Methods = [HttpMethod.Post, HttpMethod.Post, HttpMethod.Put, HttpMethod.Patch, HttpMethod.Patch, HttpMethod.Delete, HttpMethod.Get, HttpMethod.Options, new("BREW")];

    public static HostileRequest Next(Random random)
    {
        var body = new Mutator(random).Mutate(Encoding.UTF8.GetBytes(Seeds[random.Next(Seeds.Length)]));
        // Nothing of it is to be kept: what gets through validation has done its work.
        var path = $"{Paths[random.Next(Paths.Length)]}?dryRun=All" + (random.Next(3) == 0 ? "&" + Queries[random.Next(Queries.Length)] : "");
        var type = random.Next(2) == 0 ? ApiClient.JsonType : Types[random.Next(Types.Length)];
        return new HostileRequest(Methods[random.Next(Methods.Length)], path, body, type);
    }

    public string Describe() => $"{Method} {Texts.Short(Path, 120)} ({ContentType}, {Body.Length} bytes)";
}
