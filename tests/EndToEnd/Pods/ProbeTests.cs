using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coxswain.EndToEnd.Harness;

namespace Coxswain.EndToEnd.Pods;

/// <summary>httpGet and tcpSocket probes of real servers at the Pod's own address.</summary>
[Collection("pods")]
public sealed class ProbeTests(PodCluster cluster)
{
    /// <summary>What nginx serves: the files of <c>/www</c>, over HTTP and HTTPS, and some answers of its own. Files there that end in .conf add to it.</summary>
    private const string Configuration = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: conf}
        data:
          nginx.conf: |
            user root;
            pid /run/nginx.pid;
            error_log /dev/stderr warn;
            events { worker_connections 64; }
            http {
              access_log off;
              server {
                listen 8080;
                listen 8443 ssl;
                ssl_certificate /tls/tls.crt;
                ssl_certificate_key /tls/tls.key;
                root /www;
                location = /there { return 302 /here; }
                location = /here { return 200; }
                location = /away { return 302 http://elsewhere.test/; }
                location = /shop {
                  if ($http_x_probe != "yes") { return 418; }
                  if ($http_host != "shop.example") { return 421; }
                  return 200;
                }
              }
              include /www/*.conf;
            }
        """;

    private const string Server = """
        {name: server, image: nginx, imagePullPolicy: IfNotPresent, command: [nginx, -c, /conf/nginx.conf, -g, daemon off;],
          ports: [{name: web, containerPort: 8080}],
          volumeMounts: [{name: conf, mountPath: /conf}, {name: tls, mountPath: /tls}, {name: www, mountPath: /www}]
        """; // its probes, and the brace, come after it

    private static string Sleeper(string name, string more) => $"{{name: {name}, image: busybox, imagePullPolicy: IfNotPresent, command: [sleep, '3600'], {more}}}";

    private static string Pod(string containers, string prepare = "true") => $$$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: web, labels: {app: web}}
        spec:
          terminationGracePeriodSeconds: 1
          volumes: [{name: conf, configMap: {name: conf}}, {name: tls, secret: {secretName: tls}}, {name: www, emptyDir: {}}]
          initContainers:
            - {name: prepare, image: busybox, imagePullPolicy: IfNotPresent, command: [sh, -c, "{{{prepare}}}"], volumeMounts: [{name: www, mountPath: /www}]}
          containers: [{{{containers}}}]
        """;

    private async Task<Kubectl> NamespaceAsync()
    {
        var kubectl = await cluster.NamespaceAsync();
        await kubectl.FeedAsync("create", Configuration);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=somebody.else", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(-1));
        await kubectl.GetAsync("create", "secret", "generic", "tls", $"--from-literal=tls.crt={certificate.ExportCertificatePem()}", $"--from-literal=tls.key={key.ExportPkcs8PrivateKeyPem()}");
        return kubectl;
    }

    private static Task EventAsync(Kubectl kubectl, string text) => Eventually.ContainsAsync(() => kubectl.LineAsync("get events -o custom-columns=T:.type,R:.reason,M:.message --no-headers"), text);

    [Fact]
    public async Task Readiness_ByHttp_DecidesAboutTheEndpoints()
    {
        var kubectl = await NamespaceAsync();
        await kubectl.FeedAsync("create", "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80, targetPort: web}]}\n");
        await kubectl.FeedAsync("create", Pod(Server + ", readinessProbe: {httpGet: {path: /ready, port: web}, periodSeconds: 1, failureThreshold: 1}}"));
        await EventAsync(kubectl, "Readiness probe failed: HTTP probe failed with statuscode: 404");
        await Eventually.TrueAsync(async () => (await kubectl.FieldAsync("get endpoints web", "{.subsets[*].notReadyAddresses[*].ip}")).Length > 0, "an address that is not ready");
        Assert.Equal("Running", await kubectl.StatusAsync("web"));
        Assert.Equal("", await kubectl.FieldAsync("get endpoints web", "{.subsets[*].addresses[*].ip}"));

        await kubectl.LineAsync("exec web -c server -- touch /www/ready");
        await kubectl.PodReadyAsync("web");
        var ip = await kubectl.FieldAsync("get pod web", "{.status.podIP}");
        await Eventually.IsAsync(() => kubectl.FieldAsync("get endpoints web", "{.subsets[*].addresses[*].ip}:{.subsets[*].ports[*].port}"), $"{ip}:8080");

        await kubectl.LineAsync("exec web -c server -- rm /www/ready");
        await Eventually.IsAsync(() => kubectl.FieldAsync("get endpoints web", "{.subsets[*].notReadyAddresses[*].ip}"), ip);
        Assert.Equal("0", await kubectl.FieldAsync("get pod web", "{.status.containerStatuses[0].restartCount}"));
    }

    [Fact]
    public async Task Http_WithSchemeHeadersHostAndRedirects_AsksAsTold()
    {
        var kubectl = await NamespaceAsync();
        await kubectl.FeedAsync("create", Pod(string.Join(", ", [
            Server + "}",
            Sleeper("https", "readinessProbe: {httpGet: {path: /here, port: 8443, scheme: HTTPS}, periodSeconds: 1}"),
            Sleeper("redirected", "readinessProbe: {httpGet: {path: /there, port: 8080}, periodSeconds: 1}"),
            Sleeper("headers", "readinessProbe: {httpGet: {path: /shop, port: 8080, httpHeaders: [{name: Host, value: shop.example}, {name: X-Probe, value: 'yes'}]}, periodSeconds: 1}"),
            Sleeper("door", "ports: [{name: door, containerPort: 8443}], readinessProbe: {tcpSocket: {port: door}, periodSeconds: 1}"),
            Sleeper("away", "readinessProbe: {httpGet: {path: /away, port: 8080}, periodSeconds: 1}"),
        ])));
        await Eventually.IsAsync(() => kubectl.FieldAsync("get pod web", "{range .status.containerStatuses[?(@.ready==false)]}{.name} {end}{.status.phase}"), "Running");
        await EventAsync(kubectl, "Readiness probe warning: Probe terminated redirects, Response body: ");
    }

    [Fact]
    public async Task Liveness_ByTcp_RestartsThatContainerOnly()
    {
        var kubectl = await NamespaceAsync();
        await kubectl.FeedAsync("create", Pod(Server + "}, " + Sleeper("watched", "livenessProbe: {tcpSocket: {port: 8090}, initialDelaySeconds: 2, periodSeconds: 1, failureThreshold: 2}"), "echo 'server { listen 8090; }' > /www/door.conf"));
        await kubectl.PodReadyAsync("web");
        var ip = await kubectl.FieldAsync("get pod web", "{.status.podIP}");

        await kubectl.LineAsync("exec web -c server -- rm /www/door.conf");
        await kubectl.LineAsync("exec web -c server -- nginx -c /conf/nginx.conf -s reload");

        await EventAsync(kubectl, $"Liveness probe failed: dial tcp {ip}:8090: connect: connection refused");
        await EventAsync(kubectl, "Container watched failed liveness probe, will be restarted");
        await Eventually.TrueAsync(async () => int.Parse(await kubectl.FieldAsync("get pod web", "{.status.containerStatuses[?(@.name=='watched')].restartCount}")) > 0, "watched is restarted");
        Assert.Equal("0", await kubectl.FieldAsync("get pod web", "{.status.containerStatuses[?(@.name=='server')].restartCount}"));
        Assert.Equal(ip, await kubectl.FieldAsync("get pod web", "{.status.podIP}"));
    }

    [Fact]
    public async Task Startup_ByHttp_HoldsTheOthersBack()
    {
        var kubectl = await NamespaceAsync();
        // Were liveness asked before its time, the first answer would end the container.
        await kubectl.FeedAsync("create", Pod(Server + "}, " + Sleeper("slow",
            "startupProbe: {httpGet: {path: /started, port: 8080}, periodSeconds: 1, failureThreshold: 1000}, livenessProbe: {httpGet: {path: /alive, port: 8080}, periodSeconds: 1, failureThreshold: 1}, readinessProbe: {httpGet: {path: /ready, port: 8080}, periodSeconds: 1}")));
        await Eventually.TrueAsync(async () => (await kubectl.FieldAsync("get events --field-selector reason=Unhealthy", "{range .items[*]}{.count}{'#'}{.message}{'\\n'}{end}")).Split('\n')
            .Any(l => l.Split('#') is [var count, "Startup probe failed: HTTP probe failed with statuscode: 404"] && int.Parse(count) >= 3), "three failures of the startup probe");
        Assert.Equal("false 0", await kubectl.FieldAsync("get pod web", "{.status.containerStatuses[?(@.name=='slow')].started} {.status.containerStatuses[?(@.name=='slow')].restartCount}"));
        var events = await kubectl.LineAsync("get events");
        Assert.DoesNotContain("Liveness probe failed", events, StringComparison.Ordinal);
        Assert.DoesNotContain("Readiness probe failed", events, StringComparison.Ordinal);

        await kubectl.LineAsync("exec web -c server -- touch /www/alive /www/ready /www/started");
        await kubectl.PodReadyAsync("web");
        Assert.Equal("true 0", await kubectl.FieldAsync("get pod web", "{.status.containerStatuses[?(@.name=='slow')].started} {.status.containerStatuses[?(@.name=='slow')].restartCount}"));
    }
}
