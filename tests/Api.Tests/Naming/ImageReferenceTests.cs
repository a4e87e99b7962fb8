namespace Coxswain.Api.Tests.Naming;

public sealed class ImageReferenceTests
{
    private const string Digest = "@sha256:0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("busybox")]
    [InlineData("busybox:1.36")]
    [InlineData("team/app:v1_a.b-c")]
    [InlineData("Registry.example:5000/team/app" + Digest)]
    [InlineData("[::1]:5000/app")]
    public void Validate_GoodReference_IsNull(string image) => Assert.Null(ImageReference.Validate(image));

    [Theory]
    [InlineData("", "invalid reference format")]
    [InlineData("a b", "invalid reference format")]
    [InlineData("app:tag\n", "invalid reference format")]
    [InlineData("Nginx", "invalid reference format: repository name (library/Nginx) must be lowercase")]
    public void Validate_BadReference_SaysWhatIsWrong(string image, string why) => Assert.Equal(why, ImageReference.Validate(image));

    [Theory]
    [InlineData("busybox", "Always")]
    [InlineData("busybox:latest", "Always")]
    [InlineData("localhost:5000/app", "Always")]
    [InlineData("busybox:1.36", "IfNotPresent")]
    [InlineData("busybox" + Digest, "IfNotPresent")]
    [InlineData("busybox:latest" + Digest, "Always")]
    [InlineData("Not An Image", "IfNotPresent")]
    [InlineData(null, "IfNotPresent")]
    public void PullPolicy_NoneGiven_FollowsTheTag(string? image, string policy) => Assert.Equal(policy, ImageReference.PullPolicy(image));
}
