namespace Coxswain.Soak.Load;

/// <summary>What runs on the node: with volumes of each kind that is written to the node's disk, under each way of being restarted.</summary>
internal static class PodManifests
{
    public const string Settings = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"settings"},"data":{"colour":"blue"}}""";
    public const string Password = """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"password"},"stringData":{"password":"not a real one"}}""";

    /// <summary>One container that sleeps, ends at once when told to, and has a ConfigMap, a Secret and an emptyDir.</summary>
    private static string Spec(string restartPolicy) => $$$"""
        {
          "restartPolicy": "{{{restartPolicy}}}",
          "terminationGracePeriodSeconds": 1,
          "containers": [{
            "name": "c", "image": "busybox", "imagePullPolicy": "IfNotPresent",
            "command": ["sh", "-c", "trap 'exit 0' TERM; cat /settings/colour /password/password > /scratch/copy && echo started; sleep 86400 & wait"],
            "volumeMounts": [{"name": "settings", "mountPath": "/settings"}, {"name": "password", "mountPath": "/password"}, {"name": "scratch", "mountPath": "/scratch"}]
          }],
          "volumes": [{"name": "settings", "configMap": {"name": "settings"}}, {"name": "password", "secret": {"secretName": "password"}}, {"name": "scratch", "emptyDir": {}}]
        }
        """;

    public static string Bare(string name, string restartPolicy) => $$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}"},"spec":{{{Spec(restartPolicy)}}} }""";

    public static string Deployment(string name, int replicas) => $$$"""
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"{{{name}}}"},
         "spec":{"replicas":{{{replicas}}},"selector":{"matchLabels":{"app":"{{{name}}}"}},"template":{"metadata":{"labels":{"app":"{{{name}}}"}},"spec":{{{Spec("Always")}}} }} }
        """;

    /// <summary>A static Pod; those have nothing from the API.</summary>
    public static string Static(string name, string ns = SoakCluster.PodNamespace) => $$$"""
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}","namespace":"{{{ns}}}"},
         "spec":{"terminationGracePeriodSeconds":1,"containers":[{"name":"c","image":"busybox","imagePullPolicy":"IfNotPresent","command":["sh","-c","trap 'exit 0' TERM; sleep 86400 & wait"]}]}}
        """;

    /// <summary>Ends at once and well.</summary>
    public static string ShortLived(string name) => $$$"""
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}"},
         "spec":{"restartPolicy":"Never","terminationGracePeriodSeconds":1,"containers":[{"name":"c","image":"busybox","imagePullPolicy":"IfNotPresent","command":["true"]}]}}
        """;
}
