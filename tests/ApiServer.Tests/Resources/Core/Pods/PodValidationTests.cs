using Coxswain.ApiServer.Resources.Core;

namespace Coxswain.ApiServer.Tests.Resources.Core.Pods;

public sealed class PodValidationTests
{
    private static readonly Pod Kind = new();

    [Theory]
    [InlineData("\"ports\":[{\"containerPort\":0}]", "spec.containers[0].ports[0].containerPort: Required value")]
    [InlineData("\"ports\":[{\"containerPort\":80,\"name\":\"A\"}]", "spec.containers[0].ports[0].name: Invalid value: \"A\": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)", "spec.containers[0].ports[0].name: Invalid value: \"A\": must contain at least one letter (a-z)")]
    [InlineData("\"ports\":[{\"containerPort\":80,\"hostPort\":90},{\"containerPort\":81,\"hostPort\":90}]", "spec.containers[0].ports[1].hostPort: Duplicate value: \"TCP//90\"")]
    [InlineData("\"imagePullPolicy\":\"Sometimes\"", "spec.containers[0].imagePullPolicy: Unsupported value: \"Sometimes\": supported values: \"Always\", \"IfNotPresent\", \"Never\"")]
    [InlineData("\"env\":[{\"name\":\"a=b\"}]", "spec.containers[0].env[0].name: Invalid value: \"a=b\": a valid environment variable name must consist only of printable ASCII characters other than '='")]
    [InlineData("\"env\":[{\"name\":\"a\",\"value\":\"x\",\"valueFrom\":{\"fieldRef\":{\"fieldPath\":\"metadata.name\"}}}]", "spec.containers[0].env[0].valueFrom: Invalid value: \"\": may not be specified when `value` is not empty")]
    [InlineData("\"env\":[{\"name\":\"a\",\"valueFrom\":{\"fieldRef\":{\"fieldPath\":\"status.phase\"}}}]", "spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Unsupported value: \"status.phase\": supported values: \"metadata.name\", \"metadata.namespace\", \"metadata.uid\", \"spec.nodeName\", \"spec.serviceAccountName\", \"status.hostIP\", \"status.hostIPs\", \"status.podIP\", \"status.podIPs\"")]
    [InlineData("\"env\":[{\"name\":\"a\",\"valueFrom\":{\"resourceFieldRef\":{\"resource\":\"limits.cpu\",\"divisor\":\"2m\"}}}]", "spec.containers[0].env[0].valueFrom.resourceFieldRef.divisor: Invalid value: \"limits.cpu\": only divisor's values 1m and 1 are supported with the cpu resource")]
    [InlineData("\"volumeMounts\":[{\"name\":\"e\",\"mountPath\":\"/a\",\"subPath\":\"../x\"}]", "spec.containers[0].volumeMounts.subPath: Invalid value: \"../x\": must not contain '..'")]
    [InlineData("\"volumeMounts\":[{\"name\":\"e\",\"mountPath\":\"/a\"},{\"name\":\"e\",\"mountPath\":\"/a\"}]", "spec.containers[0].volumeMounts[1].mountPath: Invalid value: \"/a\": must be unique")]
    [InlineData("\"volumeMounts\":[{\"name\":\"e\",\"mountPath\":\"/a\",\"mountPropagation\":\"Bidirectional\"}]", "spec.containers[0].volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers")]
    [InlineData("\"resources\":{\"requests\":{\"memory\":\"2Gi\"},\"limits\":{\"memory\":\"1024Mi\"}}", "spec.containers[0].resources.requests: Invalid value: \"2Gi\": must be less than or equal to memory limit of 1Gi")]
    [InlineData("\"resources\":{\"limits\":{\"cpu\":\"-1\"}}", "spec.containers[0].resources.limits[cpu]: Invalid value: \"-1\": must be greater than or equal to 0", "spec.containers[0].resources.requests[cpu]: Invalid value: \"-1\": must be greater than or equal to 0")]
    [InlineData("\"resources\":{\"requests\":{\"example.com/gpu\":\"1\"}}", "spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources")]
    [InlineData("\"livenessProbe\":{\"exec\":{\"command\":[\"x\"]},\"tcpSocket\":{\"port\":80}}", "spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type")]
    [InlineData("\"livenessProbe\":{\"exec\":{\"command\":[\"x\"]},\"successThreshold\":2}", "spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1")]
    [InlineData("\"readinessProbe\":{\"httpGet\":{\"port\":\"80\"}}", "spec.containers[0].readinessProbe.httpGet.port: Invalid value: \"80\": must contain at least one letter (a-z)")]
    [InlineData("\"lifecycle\":{\"preStop\":{\"sleep\":{\"seconds\":31}}}", "spec.containers[0].lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than terminationGracePeriodSeconds (30)")]
    [InlineData("\"securityContext\":{\"seccompProfile\":{\"type\":\"Localhost\"}}", "spec.containers[0].securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost")]
    [InlineData("\"securityContext\":{\"privileged\":true,\"allowPrivilegeEscalation\":false}", "spec.containers[0].securityContext: Invalid value: {\"Capabilities\":null,\"Privileged\":true,\"SELinuxOptions\":null,\"WindowsOptions\":null,\"RunAsUser\":null,\"RunAsGroup\":null,\"RunAsNonRoot\":null,\"ReadOnlyRootFilesystem\":null,\"AllowPrivilegeEscalation\":false,\"ProcMount\":null,\"SeccompProfile\":null,\"AppArmorProfile\":null}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true")]
    public void Validate_Container_NamesTheFault(string field, params string[] faults) =>
        Assert.Equal(faults, Written.Faults(Kind, $$$"""{"metadata":{"name":"p"},"spec":{"volumes":[{"name":"e","emptyDir":{}}],"containers":[{"name":"c","image":"i",{{{field}}}}]}}"""));

    [Theory]
    [InlineData("\"volumes\":[{\"name\":\"v\",\"emptyDir\":{},\"hostPath\":{\"path\":\"/x\"}}]", "spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type")]
    [InlineData("\"volumes\":[{\"name\":\"v\"},{\"name\":\"v\"}]", "spec.volumes[1].name: Duplicate value: \"v\"")]
    [InlineData("\"volumes\":[{\"name\":\"v\",\"hostPath\":{\"path\":\"/a/../b\"}}]", "spec.volumes[0].hostPath.path: Invalid value: \"/a/../b\": must not contain '..'")]
    [InlineData("\"volumes\":[{\"name\":\"v\",\"configMap\":{\"name\":\"m\",\"defaultMode\":512}}]", "spec.volumes[0].configMap.defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive")]
    [InlineData("\"volumes\":[{\"name\":\"v\",\"nfs\":{\"server\":\"s\",\"path\":\"x\"}}]", "spec.volumes[0].nfs.path: Invalid value: \"x\": must be an absolute path")]
    [InlineData("\"volumes\":[{\"name\":\"v\",\"projected\":{\"sources\":[{\"configMap\":{\"name\":\"a\",\"items\":[{\"key\":\"k\",\"path\":\"p\"}]}},{\"secret\":{\"name\":\"b\",\"items\":[{\"key\":\"k\",\"path\":\"p\"}]}}]}}]", "spec.volumes[0].projected: Invalid value: \"p\": conflicting duplicate paths")]
    [InlineData("\"restartPolicy\":\"Maybe\"", "spec.restartPolicy: Unsupported value: \"Maybe\": supported values: \"Always\", \"OnFailure\", \"Never\"")]
    [InlineData("\"dnsPolicy\":\"None\"", "spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None")]
    [InlineData("\"dnsConfig\":{\"nameservers\":[\"1.1.1.1\",\"1.1.1.2\",\"1.1.1.3\",\"1.1.1.4\"]}", "spec.dnsConfig.nameservers: Invalid value: [\"1.1.1.1\",\"1.1.1.2\",\"1.1.1.3\",\"1.1.1.4\"]: must not have more than 3 nameservers")]
    [InlineData("\"tolerations\":[{\"key\":\"k\",\"operator\":\"Exists\",\"value\":\"v\"}]", "spec.tolerations[0].operator: Invalid value: {\"Key\":\"k\",\"Operator\":\"Exists\",\"Value\":\"v\",\"Effect\":\"\",\"TolerationSeconds\":null}: value must be empty when `operator` is 'Exists'")]
    [InlineData("\"securityContext\":{\"runAsUser\":-1}", "spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive")]
    [InlineData("\"hostUsers\":false,\"hostPID\":true", "spec.hostPID: Forbidden: when `hostUsers` is false")]
    [InlineData("\"hostNetwork\":true,\"initContainers\":[{\"name\":\"i\",\"image\":\"i\",\"livenessProbe\":{\"exec\":{\"command\":[\"x\"]}}}]", "spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always")]
    [InlineData("\"initContainers\":[{\"name\":\"c\",\"image\":\"i\"}]", "spec.initContainers[0].name: Duplicate value: \"c\"")]
    [InlineData("\"affinity\":{\"nodeAffinity\":{\"requiredDuringSchedulingIgnoredDuringExecution\":{\"nodeSelectorTerms\":[{\"matchExpressions\":[{\"key\":\"k\",\"operator\":\"Gt\"}]}]}}}", "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: Required value: must be specified single value when `operator` is 'Lt' or 'Gt'")]
    [InlineData("\"topologySpreadConstraints\":[{\"maxSkew\":1,\"topologyKey\":\"z\",\"whenUnsatisfiable\":\"ScheduleAnyway\",\"minDomains\":2,\"labelSelector\":{}}]", "spec.topologySpreadConstraints[0].minDomains: Invalid value: 2: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway")]
    [InlineData("\"resources\":{\"requests\":{\"cpu\":\"1\"}},\"priorityClassName\":\"A_\"", "spec.priorityClassName: Invalid value: \"A_\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')")]
    public void Validate_Spec_NamesTheFault(string field, string fault) =>
        Assert.Equal([fault], Written.Faults(Kind, $$$"""{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}],{{{field}}}}}"""));

    [Fact]
    public void Validate_MountOfABadVolume_IsNotFound() => Assert.Equal(
        ["spec.volumes[0].secret.secretName: Required value", "spec.containers[0].volumeMounts[0].name: Not found: \"v\""],
        Written.Faults(Kind, """{"metadata":{"name":"p"},"spec":{"volumes":[{"name":"v","secret":{}}],"containers":[{"name":"c","image":"i","volumeMounts":[{"name":"v","mountPath":"/v"}]}]}}"""));

    [Fact]
    public void Warnings_HiddenVariablesOldLabelsAndNullSelectors_AreTold() => Assert.Equal(
        [
            "spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use \"kubernetes.io/os\" instead",
            "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector: a null labelSelector results in matching no pod",
            "spec.containers[0].env[1]: hides previous definition of \"A\", which may be dropped when using apply",
            "spec.containers[0].resources.requests[memory]: fractional byte value \"100m\" is invalid, must be an integer",
        ],
        Written.Warnings(Kind, """
            {"metadata":{"name":"p"},"spec":{"nodeSelector":{"beta.kubernetes.io/os":"linux"},
            "affinity":{"podAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"z"}]}},
            "containers":[{"name":"c","image":"i","resources":{"requests":{"memory":"100m"}},"env":[{"name":"A","value":"1"},{"name":"A","value":"2"},{"name":"A","value":"$(A):3"}]}]}}
            """));
}
