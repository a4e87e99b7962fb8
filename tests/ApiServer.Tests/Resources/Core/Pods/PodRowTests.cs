using Coxswain.ApiServer.Resources.Core;
using k8s.Models;

namespace Coxswain.ApiServer.Tests.Resources.Core.Pods;

public sealed class PodRowTests
{
    private const string Running = "\"state\":{\"running\":{\"startedAt\":\"2026-03-04T11:59:00Z\"}}";
    private static readonly Pod Kind = new();

    [Theory]
    [InlineData("", "\"phase\":\"Pending\"", "0/1", "Pending", "0")]
    [InlineData("", "\"phase\":\"Running\",\"containerStatuses\":[{\"name\":\"c\",\"ready\":true," + Running + "}]", "1/1", "Running", "0")]
    [InlineData("", "\"phase\":\"Pending\",\"containerStatuses\":[{\"name\":\"c\",\"state\":{\"waiting\":{\"reason\":\"ContainerCreating\"}}}]", "0/1", "ContainerCreating", "0")]
    [InlineData("", "\"phase\":\"Running\",\"containerStatuses\":[{\"name\":\"c\",\"restartCount\":3,\"state\":{\"waiting\":{\"reason\":\"CrashLoopBackOff\"}},\"lastState\":{\"terminated\":{\"exitCode\":1,\"finishedAt\":\"2026-03-04T11:59:55Z\"}}}]", "0/1", "CrashLoopBackOff", "3 (5s ago)")]
    [InlineData("", "\"phase\":\"Succeeded\",\"containerStatuses\":[{\"name\":\"c\",\"state\":{\"terminated\":{\"exitCode\":0,\"reason\":\"Completed\"}}}]", "0/1", "Completed", "0")]
    [InlineData("", "\"phase\":\"Failed\",\"containerStatuses\":[{\"name\":\"c\",\"state\":{\"terminated\":{\"exitCode\":7}}}]", "0/1", "ExitCode:7", "0")]
    [InlineData("", "\"phase\":\"Failed\",\"containerStatuses\":[{\"name\":\"c\",\"state\":{\"terminated\":{\"exitCode\":137,\"signal\":9}}}]", "0/1", "Signal:9", "0")]
    [InlineData("", "\"phase\":\"Failed\",\"reason\":\"Evicted\"", "0/1", "Evicted", "0")]
    [InlineData("\"initContainers\":[{\"name\":\"i\",\"image\":\"i\"},{\"name\":\"j\",\"image\":\"i\"}],", "\"phase\":\"Pending\",\"initContainerStatuses\":[{\"name\":\"i\"," + Running + "}]", "0/1", "Init:0/2", "0")]
    [InlineData("\"initContainers\":[{\"name\":\"i\",\"image\":\"i\"}],", "\"phase\":\"Pending\",\"initContainerStatuses\":[{\"name\":\"i\",\"restartCount\":2,\"state\":{\"terminated\":{\"exitCode\":1,\"reason\":\"Error\"}}}]", "0/1", "Init:Error", "2")]
    [InlineData("\"initContainers\":[{\"name\":\"i\",\"image\":\"i\"}],", "\"phase\":\"Pending\",\"initContainerStatuses\":[{\"name\":\"i\",\"state\":{\"waiting\":{\"reason\":\"ErrImagePull\"}}}]", "0/1", "Init:ErrImagePull", "0")]
    [InlineData("\"initContainers\":[{\"name\":\"i\",\"image\":\"i\"}],", "\"phase\":\"Pending\",\"initContainerStatuses\":[{\"name\":\"i\",\"restartCount\":2,\"state\":{\"terminated\":{\"exitCode\":0}}}],\"containerStatuses\":[{\"name\":\"c\",\"state\":{\"waiting\":{\"reason\":\"PodInitializing\"}}}]", "0/1", "PodInitializing", "0")]
    [InlineData("\"initContainers\":[{\"name\":\"s\",\"image\":\"i\",\"restartPolicy\":\"Always\"}],", "\"phase\":\"Running\",\"initContainerStatuses\":[{\"name\":\"s\",\"ready\":true,\"started\":true," + Running + "}],\"containerStatuses\":[{\"name\":\"c\",\"ready\":true," + Running + "}]", "2/2", "Running", "0")]
    public void Row_States_ReadAsUpstreamPrintsThem(string spec, string status, string ready, string word, string restarts)
    {
        var row = Written.Row(Kind, "{\"metadata\":{\"name\":\"p\",\"creationTimestamp\":\"2026-03-04T11:58:00Z\"},\"spec\":{" + spec + "\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]},\"status\":{" + status + "}}");
        Assert.Equal($"p | {ready} | {word} | {restarts} | 2m | <none> | <none> | <none> | <none>", row);
    }

    [Fact]
    public void Row_BeingDeleted_IsTerminatingUntilItHasEnded()
    {
        const string Body = """{"metadata":{"name":"p","deletionTimestamp":"2026-03-04T12:00:00Z"},"spec":{"containers":[{"name":"c","image":"i"}]},"status":{"phase":"X"}}""";
        Assert.Contains("| Terminating |", Written.Row(Kind, Body.Replace("X", "Running", StringComparison.Ordinal)));
        Assert.Contains("| Succeeded |", Written.Row(Kind, Body.Replace("X", "Succeeded", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("n", "Running", null, 30L)]
    [InlineData("n", "Running", 5L, 5L)]
    [InlineData("n", "Running", -1L, 1L)]
    [InlineData("", "Pending", null, 0L)]
    [InlineData("n", "Succeeded", 5L, 0L)]
    public void GracePeriod_OnlyScheduledPodsThatRun_AreWaitedFor(string node, string phase, long? asked, long seconds)
    {
        var pod = Written.Object(Kind, "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"nodeName\":\"" + node + "\",\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]},\"status\":{\"phase\":\"" + phase + "\"}}");
        Assert.Equal(seconds, Kind.GracePeriodOf(pod, new V1DeleteOptions { GracePeriodSeconds = asked }));
    }
}
