using Coxswain.Api;
using Coxswain.ApiServer.Resources.Core;
using Coxswain.ApiServer.Resources.Events;

namespace Coxswain.ApiServer.Tests.Resources.Core;

public sealed class EventTests
{
    private static readonly Event Kind = new();

    [Fact]
    public void Validate_OldEventOfAnotherNamespace_DoesNotMatch() => Assert.Equal(
        ["involvedObject.namespace: Invalid value: \"other\": does not match event.namespace"],
        Written.Faults(Kind, """{"metadata":{"name":"e"},"involvedObject":{"namespace":"other"}}"""));

    [Fact]
    public void Validate_EventWithATime_NeedsItsReporter() => Assert.Equal(
        [
            "reportingController: Required value",
            "reportingController: Invalid value: \"\": name part must be non-empty",
            "reportingController: Invalid value: \"\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
            "reportingInstance: Required value",
            "action: Required value",
            "reason: Required value",
        ],
        Written.Faults(Kind, """{"metadata":{"name":"e"},"eventTime":"2026-03-04T11:00:00.000000Z","involvedObject":{"namespace":"ns"}}"""));

    [Fact]
    public void Strict_OldFields_NeedToBeUnset()
    {
        var value = Written.Object(Kind, """{"metadata":{"name":"e"},"type":"Odd","count":1,"firstTimestamp":"2026-03-04T11:00:00Z","source":{"component":"c"},"series":{"count":1},"involvedObject":{}}""");
        var errors = new FieldErrors();
        EventValidation.Strict(value, errors);
        Assert.Equal(
            [
                "series.count: Invalid value: \"\": should be at least 2", "series.lastObservedTime: Required value", "eventTime: Required value",
                "type: Invalid value: \"\": has invalid value: Odd", "firstTimestamp: Invalid value: \"\": needs to be unset", "count: Invalid value: \"\": needs to be unset",
                "source: Invalid value: \"\": needs to be unset",
            ],
            errors.Select(e => e.ToString()));
    }

    [Fact]
    public void Row_FoldedEvent_ShowsTheLastTimeAndTheCount() => Assert.Equal(
        "6s | Warning | BackOff | pod/web | spec.containers{c} | kubelet, n | again | 28s | 2 | e",
        Written.Row(Kind, """
            {"metadata":{"name":"e"},"involvedObject":{"kind":"Pod","name":"web","namespace":"ns","fieldPath":"spec.containers{c}"},"reason":"BackOff","message":"again\n","type":"Warning",
             "source":{"component":"kubelet","host":"n"},"count":2,"firstTimestamp":"2026-03-04T11:59:32Z","lastTimestamp":"2026-03-04T11:59:54Z"}
            """));

    [Fact]
    public void Row_Series_ShowsTheSeries() => Assert.Equal(
        "1s | Normal | R | node | | ctl, i |  | 60s | 7 | e".Replace("| |", "|  |", StringComparison.Ordinal),
        Written.Row(Kind, """
            {"metadata":{"name":"e"},"involvedObject":{"kind":"Node"},"reason":"R","type":"Normal","eventTime":"2026-03-04T11:59:00.000000Z","reportingComponent":"ctl","reportingInstance":"i",
             "series":{"count":7,"lastObservedTime":"2026-03-04T11:59:59.000000Z"}}
            """));

    [Theory]
    [InlineData("source", "kubelet")]
    [InlineData("involvedObject.name", "web")]
    [InlineData("type", "")]
    public void FieldValue_Selectable_IsFound(string field, string value) => Assert.Equal(value, Kind.FieldValueOf(
        Written.Object(Kind, """{"metadata":{"name":"e"},"involvedObject":{"name":"web"},"reportingComponent":"kubelet"}"""), field));
}
