using System.Net;
using System.Text.Json.Nodes;
using Coxswain.Api;
using Coxswain.Client;
using k8s.Models;

namespace Coxswain.ApiServer.Tests.Http;

/// <summary>A node with its own certificate against a server that another node's Pods are on, too: what it gets, and in which words it is refused.</summary>
public sealed class NodeAccessTests(NodeAccessTests.TwoNodes two) : IClassFixture<NodeAccessTests.TwoNodes>
{
    private const string Ns = "/api/v1/namespaces/ns";
    private const string Leases = "/apis/coordination.k8s.io/v1/namespaces";
    private const string NoRelation = "no relationship found between node 'n1' and this object";
    private const string OnlyOwnPods = "can only list/watch pods with spec.nodeName field selector";

    private static string Cannot(string what, string verb, string resource, string where, string why, string group = "") =>
        $"{what} is forbidden: User \"system:node:n1\" cannot {verb} resource \"{resource}\" in API group \"{group}\" {(where.Length == 0 ? "at the cluster scope" : $"in the namespace \"{where}\"")}{(why.Length == 0 ? "" : $": {why}")}";

    private async Task CheckAsync(string method, string path, string? body, int code, string message, string reason = "Forbidden")
    {
        var type = method == "PATCH" ? "application/strategic-merge-patch+json" : "application/json";
        var answer = await two.Server.SendAsync(new HttpMethod(method), path, two.Fill(body), type, by: two.Node).WaitAsync(HttpFixture.Bound, HttpFixture.Ct); // what is let through may be a watch
        var status = JsonNode.Parse(answer.Body)!;
        Assert.Equal((code, reason, two.Fill(message)), (answer.Code, (string?)status["reason"], (string?)status["message"]));
    }

    [Theory]
    [InlineData("/api/v1/pods", "list", "")]
    [InlineData("/api/v1/pods?fieldSelector=spec.nodeName%3Dn2", "list", "")]
    [InlineData("/api/v1/pods?fieldSelector=spec.nodeName%21%3Dn2", "list", "")]
    [InlineData("/api/v1/pods?fieldSelector=status.phase%3DRunning", "list", "")]
    [InlineData("/api/v1/pods?fieldSelector=%3D%3D%2C", "list", "")]
    [InlineData(Ns + "/pods", "list", "ns")]
    [InlineData(Ns + "/pods?watch=true", "watch", "ns")]
    [InlineData("/api/v1/watch/pods", "watch", "")]
    public Task Pods_NotOnlyItsOwn_AreRefused(string path, string verb, string ns) => CheckAsync("GET", path, null, 403, Cannot("pods", verb, "pods", ns, OnlyOwnPods));

    [Theory]
    [InlineData(Ns + "/pods/theirs", "get", "theirs")]
    [InlineData(Ns + "/pods/ghost", "get", "ghost")]
    [InlineData(Ns + "/pods/waiting", "get", "waiting")]
    [InlineData(Ns + "/pods?fieldSelector=metadata.name%3Dtheirs", "list", "theirs")]
    public Task Pod_OfAnotherNode_IsRefused(string path, string verb, string name) => CheckAsync("GET", path, null, 403, Cannot($"pods \"{name}\"", verb, "pods", "ns", NoRelation));

    [Theory]
    [InlineData("GET", Ns + "/secrets/other", "get", "secrets \"other\"", "ns", NoRelation)]
    [InlineData("GET", Ns + "/secrets", "list", "secrets", "ns", "No Object name found")]
    [InlineData("GET", Ns + "/secrets?watch=1&fieldSelector=type%3DOpaque", "watch", "secrets", "ns", "No Object name found")]
    [InlineData("GET", "/api/v1/secrets?fieldSelector=metadata.name%3Dkey", "list", "secrets \"key\"", "", "can only read namespaced object of this type")]
    [InlineData("DELETE", Ns + "/secrets/key", "delete", "secrets \"key\"", "ns", "can only read resources of this type")]
    [InlineData("GET", Ns + "/configmaps/other", "get", "configmaps \"other\"", "ns", NoRelation)]
    [InlineData("GET", Ns + "/configmaps/of-mirror", "get", "configmaps \"of-mirror\"", "ns", NoRelation)]
    [InlineData("GET", Ns + "/serviceaccounts/robot", "get", "serviceaccounts \"robot\"", "ns", NoRelation)]
    [InlineData("GET", Ns + "/serviceaccounts", "list", "serviceaccounts", "ns", "can only create tokens for individual service accounts")]
    [InlineData("DELETE", Ns + "/serviceaccounts/default", "delete", "serviceaccounts \"default\"", "ns", "can only create tokens for individual service accounts")]
    [InlineData("POST", Ns + "/serviceaccounts", "create", "serviceaccounts", "ns", "can only create tokens for individual service accounts")]
    public Task Object_ThatItsPodsDoNotReferTo_IsRefused(string method, string path, string verb, string what, string ns, string why) =>
        CheckAsync(method, path, method == "POST" ? "{}" : null, 403, Cannot(what, verb, what.Split(' ')[0], ns, why));

    [Theory]
    [InlineData("GET", "/api/v1/nodes", "list", "nodes", "node 'n1' cannot read all nodes, only its own Node object")]
    [InlineData("GET", "/api/v1/nodes?watch=1", "watch", "nodes", "node 'n1' cannot read all nodes, only its own Node object")]
    [InlineData("GET", "/api/v1/nodes/n2", "get", "nodes \"n2\"", "node 'n1' cannot read 'n2', only its own Node object")]
    [InlineData("DELETE", "/api/v1/nodes/n1", "delete", "nodes \"n1\"", "")]
    public Task Node_OfAnother_IsRefused(string method, string path, string verb, string what, string why) => CheckAsync(method, path, null, 403, Cannot(what, verb, "nodes", "", why));

    [Theory]
    [InlineData("GET", Leases + "/kube-node-lease/leases", "list", "leases.coordination.k8s.io", "kube-node-lease", "can only get, create, update, patch, or delete a node lease")]
    [InlineData("GET", Leases + "/kube-node-lease/leases/n2", "get", "leases.coordination.k8s.io \"n2\"", "kube-node-lease", "can only access node lease with the same name as the requesting node")]
    [InlineData("GET", Leases + "/kube-system/leases/n1", "get", "leases.coordination.k8s.io \"n1\"", "kube-system", "can only access leases in the \"kube-node-lease\" system namespace")]
    public Task Lease_OfAnother_IsRefused(string method, string path, string verb, string what, string ns, string why) =>
        CheckAsync(method, path, null, 403, Cannot(what, verb, "leases", ns, why, "coordination.k8s.io"));

    [Theory]
    [InlineData("PUT", Ns + "/pods/mine", "update", "pods \"mine\"", "pods", "ns", "")]
    [InlineData("GET", Ns + "/pods/mine/log", "get", "pods \"mine\"", "pods/log", "ns", "")]
    [InlineData("POST", Ns + "/pods/mine/exec", "create", "pods \"mine\"", "pods/exec", "ns", "")]
    [InlineData("DELETE", Ns + "/pods", "deletecollection", "pods", "pods", "ns", "")]
    [InlineData("GET", "/api/v1/endpoints", "list", "endpoints", "endpoints", "", "")]
    [InlineData("GET", "/apis/discovery.k8s.io/v1/endpointslices", "list", "endpointslices.discovery.k8s.io", "endpointslices", "", "discovery.k8s.io")]
    [InlineData("GET", Ns + "/events", "list", "events", "events", "ns", "")]
    [InlineData("GET", Ns + "/services/web/status", "get", "services \"web\"", "services/status", "ns", "")]
    [InlineData("GET", "/api/v1/namespaces", "list", "namespaces", "namespaces", "", "")]
    public Task Else_WhatNoNodeNeeds_IsRefusedWithoutAReason(string method, string path, string verb, string what, string resource, string ns, string group) =>
        CheckAsync(method, path, method == "PUT" ? "{}" : null, 403, Cannot(what, verb, resource, ns, "", group));

    [Theory]
    [InlineData("DELETE", Ns + "/pods/theirs", null, "pods \"theirs\" is forbidden: node \"n1\" can only delete pods with spec.nodeName set to itself")]
    [InlineData("PATCH", Ns + "/pods/theirs/status", """{"status":{"phase":"Failed"}}""", "pods \"theirs\" is forbidden: node \"n1\" can only update pod status for pods with spec.nodeName set to itself")]
    [InlineData("PATCH", Ns + "/pods/mine/status", """{"metadata":{"labels":{"app":"x"}}}""", "pods \"mine\" is forbidden: node \"n1\" cannot update labels through pod status")]
    [InlineData("PATCH", Ns + "/pods/mine/status", """{"status":{"resourceClaimStatuses":[{"name":"a","resourceClaimName":"b"}]}}""", "pods \"mine\" is forbidden: node \"n1\" cannot update resource claim statues")]
    [InlineData("PATCH", Ns + "/pods/mine/status", """{"status":{"extendedResourceClaimStatus":{"resourceClaimName":"b","requestMappings":[]}}}""", "pods \"mine\" is forbidden: node \"n1\" cannot update extended resource claim status")]
    [InlineData("POST", Ns + "/pods", """{"metadata":{"name":"p"},"spec":{"nodeName":"n1","containers":[{"name":"c","image":"i"}]}}""",
        "pods \"p\" is forbidden: pod does not have \"kubernetes.io/config.mirror\" annotation, node \"n1\" can only create mirror pods")]
    public Task Pod_WrittenAsANodeMayNot_IsRefused(string method, string path, string? body, string message) => CheckAsync(method, path, body, 403, message);

    [Theory]
    [InlineData("PATCH", "/api/v1/nodes/n1", """{"metadata":{"labels":{"node-restriction.kubernetes.io/a":"1","foo.kubernetes.io/b":"2","fine":"3"}}}""",
        "nodes \"n1\" is forbidden: is not allowed to modify labels: foo.kubernetes.io/b, node-restriction.kubernetes.io/a")]
    [InlineData("PATCH", "/api/v1/nodes/n1/status", """{"metadata":{"labels":{"x.node-restriction.kubernetes.io/a":"1","x.k8s.io/b":"2"}}}""",
        "nodes \"n1\" is forbidden: is not allowed to modify labels: x.k8s.io/b, x.node-restriction.kubernetes.io/a")]
    [InlineData("PATCH", "/api/v1/nodes/n1", """{"metadata":{"labels":{"node-role.kubernetes.io/control-plane":""}}}""", "nodes \"n1\" is forbidden: is not allowed to modify labels: node-role.kubernetes.io/control-plane")]
    [InlineData("PATCH", "/api/v1/nodes/n1", """{"metadata":{"labels":{"node-restriction.kubernetes.io/tier":null}}}""", "nodes \"n1\" is forbidden: is not allowed to modify labels: node-restriction.kubernetes.io/tier")]
    [InlineData("PATCH", "/api/v1/nodes/n1", """{"spec":{"taints":[{"key":"a","effect":"NoSchedule"}]}}""", "nodes \"n1\" is forbidden: node \"n1\" is not allowed to modify taints")]
    [InlineData("PATCH", "/api/v1/nodes/n1/status", """{"spec":{"taints":null}}""", "nodes \"n1\" is forbidden: node \"n1\" is not allowed to modify taints")]
    [InlineData("PATCH", "/api/v1/nodes/n1", """{"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"Node","name":"n1","uid":"u"}]}}""", "nodes \"n1\" is forbidden: node \"n1\" is not allowed to modify ownerReferences")]
    [InlineData("PATCH", "/api/v1/nodes/n1", """{"spec":{"configSource":{"configMap":{"name":"a","namespace":"b","kubeletConfigKey":"c"}}}}""",
        "nodes \"n1\" is forbidden: node \"n1\" is not allowed to update configSource to a new non-nil configSource")]
    [InlineData("PATCH", "/api/v1/nodes/n2", """{"metadata":{"labels":{"a":"b"}}}""", "nodes \"n2\" is forbidden: node \"n1\" is not allowed to modify node \"n2\"")]
    [InlineData("PATCH", "/api/v1/nodes/n2/status", """{"status":{"phase":"x"}}""", "nodes \"n2\" is forbidden: node \"n1\" is not allowed to modify node \"n2\"")]
    [InlineData("POST", "/api/v1/nodes", """{"metadata":{"name":"n3"}}""", "nodes \"n3\" is forbidden: node \"n1\" is not allowed to modify node \"n3\"")]
    [InlineData("POST", "/api/v1/nodes", """{"metadata":{"generateName":"n1"}}""", "nodes \"n1\" is forbidden: node \"n1\" is not allowed to modify node \"\"")]
    [InlineData("POST", "/api/v1/nodes", """{"metadata":{"name":"n1","labels":{"foo.kubernetes.io/b":"","kubernetes.io/os":"linux"}}}""",
        "nodes \"n1\" is forbidden: node \"n1\" is not allowed to set the following labels: foo.kubernetes.io/b")]
    [InlineData("POST", "/api/v1/nodes", """{"metadata":{"name":"n1"},"spec":{"configSource":{"configMap":{"name":"a","namespace":"b","kubeletConfigKey":"c"}}}}""",
        "nodes \"n1\" is forbidden: node \"n1\" is not allowed to create pods with a non-nil configSource")]
    public Task Node_WrittenAsItMayNot_IsRefused(string method, string path, string body, string message) => CheckAsync(method, path, body, 403, message);

    [Theory]
    [InlineData("""{}""", "node requested token not bound to a pod")]
    [InlineData("""{"boundObjectRef":{"apiVersion":"v1","kind":"Secret","name":"key"}}""", "node requested token not bound to a pod")]
    [InlineData("""{"boundObjectRef":{"apiVersion":"v1","kind":"Node","name":"n1"}}""", "node requested token not bound to a pod")]
    [InlineData("""{"boundObjectRef":{"apiVersion":"apps/v1","kind":"Pod","name":"mine"}}""", "node requested token not bound to a pod")]
    [InlineData("""{"boundObjectRef":{"apiVersion":"v1","kind":"Pod","name":"mine"}}""", "node requested token with a pod binding without a uid")]
    [InlineData("""{"boundObjectRef":{"apiVersion":"v1","kind":"Pod","name":"mine","uid":"u"}}""",
        "the UID in the bound object reference (u) does not match the UID in record. The object might have been deleted and then recreated")]
    [InlineData("""{"boundObjectRef":{"apiVersion":"v1","kind":"Pod","name":"theirs","uid":"<theirs>"}}""", "node requested token bound to a pod scheduled on a different node")]
    [InlineData("""{"audiences":["vault","bank"],"boundObjectRef":{"apiVersion":"v1","kind":"Pod","name":"mine","uid":"<mine>"}}""", "node may only request 0 or 1 audiences")]
    [InlineData("""{"audiences":["bank"],"boundObjectRef":{"apiVersion":"v1","kind":"Pod","name":"mine","uid":"<mine>"}}""",
        "audience \"bank\" not found in pod spec volume, system:node:n1 is not authorized to request tokens for this audience")]
    public Task Token_NotOfAPodOnIt_IsRefused(string spec, string why) =>
        CheckAsync("POST", $"{Ns}/serviceaccounts/default/token", $$"""{"spec":{{spec}}}""", 403, $"serviceaccounts \"default\" is forbidden: {why}");

    [Fact]
    public Task Token_OfAPodThatIsGone_IsNotFound() => CheckAsync("POST", $"{Ns}/serviceaccounts/default/token",
        """{"spec":{"boundObjectRef":{"apiVersion":"v1","kind":"Pod","name":"ghost","uid":"u"}}}""", 404, "pod \"ghost\" not found", "NotFound");

    [Fact]
    public Task Token_OfAnAccountThatNoPodOnItHas_IsRefused() => CheckAsync("POST", $"{Ns}/serviceaccounts/robot/token", """{"spec":{}}""", 403,
        Cannot("serviceaccounts \"robot\"", "create", "serviceaccounts/token", "ns", NoRelation));

    [Theory]
    [InlineData("GET", "/api/v1/pods?fieldSelector=spec.nodeName%3Dn1", null, 200)]
    [InlineData("GET", Ns + "/pods?fieldSelector=status.phase%3DRunning%2Cspec.nodeName%3D%3Dn1", null, 200)]
    [InlineData("GET", Ns + "/pods/mine", null, 200)]
    [InlineData("GET", Ns + "/pods?fieldSelector=metadata.name%3Dmine", null, 200)]
    [InlineData("GET", Ns + "/secrets/key", null, 200)]
    [InlineData("GET", Ns + "/secrets?fieldSelector=metadata.name%3Dkey", null, 200)]
    [InlineData("GET", Ns + "/configmaps/kube-root-ca.crt", null, 404)]
    [InlineData("GET", Ns + "/serviceaccounts/default", null, 200)]
    [InlineData("GET", "/api/v1/nodes/n1", null, 200)]
    [InlineData("GET", "/api/v1/nodes?fieldSelector=metadata.name%3Dn1", null, 200)]
    [InlineData("GET", "/api/v1/services", null, 200)]
    [InlineData("PATCH", "/api/v1/nodes/n1", """{"metadata":{"labels":{"topology.kubernetes.io/zone":"a","node.kubernetes.io/x":"b","x.kubelet.kubernetes.io/y":"c","mine":"d","example.com/z":"e"}}}""", 200)]
    [InlineData("PATCH", "/api/v1/nodes/n1/status", """{"status":{"conditions":[{"type":"Ready","status":"True"}]}}""", 200)]
    [InlineData("PATCH", Ns + "/pods/mine/status", """{"status":{"message":"hello"}}""", 200)]
    [InlineData("POST", Ns + "/serviceaccounts/default/token", """{"spec":{"boundObjectRef":{"apiVersion":"v1","kind":"Pod","name":"mine","uid":"<mine>"}}}""", 201)]
    [InlineData("POST", Ns + "/serviceaccounts/default/token", """{"spec":{"audiences":["vault"],"boundObjectRef":{"apiVersion":"v1","kind":"Pod","name":"mine","uid":"<mine>"}}}""", 201)]
    public async Task Own_IsGiven(string method, string path, string? body, int code)
    {
        var type = method == "PATCH" ? "application/strategic-merge-patch+json" : "application/json";

        Assert.Equal(code, (await two.Server.SendAsync(new HttpMethod(method), path, two.Fill(body), type, by: two.Node)).Code);
    }

    /// <summary>Nodes n1 and n2 with a Pod each; n1's certificate is the caller's.</summary>
    public sealed class TwoNodes : IAsyncLifetime
    {
        private readonly Dictionary<string, string> _uids = [];

        internal HttpFixture Server { get; private set; } = null!;
        internal HttpClient Node { get; private set; } = null!;

        /// <summary>Puts uids in the place of <c>&lt;NAME&gt;</c>.</summary>
        internal string? Fill(string? text) => _uids.Aggregate(text, (t, uid) => t?.Replace($"<{uid.Key}>", uid.Value, StringComparison.Ordinal));

        public async ValueTask InitializeAsync()
        {
            Server = await HttpFixture.StartAsync();
            Node = Server.ClientWith(Server.Pki.NodeCertificate);
            foreach (var account in new[] { "default", "robot" }) await PostAsync("serviceaccounts", $$$"""{"metadata":{"name":"{{{account}}}"}}""");
            foreach (var name in new[] { "key", "other" }) await PostAsync("secrets", $$$"""{"metadata":{"name":"{{{name}}}"}}""");
            foreach (var name in new[] { "n1", "n2" })
            {
                var made = await Server.SendAsync(HttpMethod.Post, "/api/v1/nodes", $$"""{"metadata":{"name":"{{name}}","labels":{"node-restriction.kubernetes.io/tier":"front"} } }""");
                Assert.Equal((int)HttpStatusCode.Created, made.Code);
            }
            await PodAsync("mine", "n1", """ "volumes":[{"name":"s","secret":{"secretName":"key"}},{"name":"t","projected":{"sources":[{"serviceAccountToken":{"path":"t","audience":"vault"}}]}}], """);
            await PodAsync("theirs", "n2", "");
            await PodAsync("waiting", "", "");
            await PostAsync("pods", """
                {"metadata":{"name":"mirror","annotations":{"kubernetes.io/config.mirror":"h"}},
                 "spec":{"nodeName":"n1","containers":[{"name":"c","image":"i","envFrom":[{"configMapRef":{"name":"of-mirror"}}]}]}}
                """);
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();

        private async Task PodAsync(string name, string node, string more)
        {
            await PostAsync("pods", $$"""{"metadata":{"name":"{{name}}" },"spec":{"nodeName":"{{node}}",{{more}}"containers":[{"name":"c","image":"i"}] } }""");
            _uids[name] = (await Server.Client.GetAsync(Kinds.Pods, "ns", name, HttpFixture.Ct)).Metadata.Uid;
        }

        private async Task PostAsync(string resource, string body)
        {
            var made = await Server.SendAsync(HttpMethod.Post, $"{Ns}/{resource}", body);
            Assert.True(made.Code == (int)HttpStatusCode.Created, made.Body);
        }
    }
}
