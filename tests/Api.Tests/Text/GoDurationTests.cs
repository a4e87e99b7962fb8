namespace Coxswain.Api.Tests.Text;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("300ms", 0.3)]
    [InlineData("1.5h", 5400)]
    [InlineData("1h30m10s", 5410)]
    [InlineData("-2m", -120)]
    [InlineData("5us", 0.000005)]
    public void TryParse_Duration_IsRead(string text, double seconds)
    {
        Assert.True(GoDuration.TryParse(text, out var duration));
        Assert.Equal(seconds, duration.TotalSeconds, 6);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("90")]
    [InlineData("s")]
    [InlineData("1 h")]
    [InlineData("1d")]
    [InlineData("-")]
    public void TryParse_AnythingElse_IsRefused(string? text) => Assert.False(GoDuration.TryParse(text, out _));

    [Theory]
    [InlineData("90", "time: missing unit in duration \"90\"")]
    [InlineData("1.5", "time: missing unit in duration \"1.5\"")]
    [InlineData("1h5", "time: missing unit in duration \"1h5\"")]
    [InlineData("s", "time: invalid duration \"s\"")]
    [InlineData(".s", "time: invalid duration \".s\"")]
    [InlineData("1 h", "time: unknown unit \" h\" in duration \"1 h\"")]
    [InlineData("1d2h", "time: unknown unit \"d\" in duration \"1d2h\"")]
    [InlineData("-", "time: invalid duration \"-\"")]
    [InlineData("--1s", "time: invalid duration \"--1s\"")]
    public void Fault_OfWhatIsNoDuration_IsAsGoSaysIt(string text, string fault)
    {
        Assert.False(GoDuration.TryParse(text, out _));
        Assert.Equal(fault, GoDuration.Fault(text));
    }

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(0.0005, "500µs")]
    [InlineData(0.3, "300ms")]
    [InlineData(1.5, "1.5s")]
    [InlineData(60, "1m0s")]
    [InlineData(300, "5m0s")]
    [InlineData(5410.25, "1h30m10.25s")]
    public void Format_Duration_IsAsGoPrintsIt(double seconds, string text) => Assert.Equal(text, GoDuration.Format(TimeSpan.FromSeconds(seconds)));
}
