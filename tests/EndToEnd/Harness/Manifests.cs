namespace Coxswain.EndToEnd.Harness;

/// <summary>Small manifests that several tests use.</summary>
internal static class Manifests
{
    /// <summary>A Pod of one busybox container that sleeps and ends quickly when asked.</summary>
    public static string Sleeper(string name, string extra = "") => $$"""
        apiVersion: v1
        kind: Pod
        metadata:
          name: {{name}}
          labels: {app: sleeper}
        spec:
          terminationGracePeriodSeconds: 1
          containers:
            - name: c
              image: busybox
              imagePullPolicy: IfNotPresent
              command: [sleep, "3600"]
        {{extra}}

        """;

    public static string Sleepers(int count) => string.Join("---\n", Enumerable.Range(0, count).Select(i => Sleeper($"sleeper-{i}")));
}
