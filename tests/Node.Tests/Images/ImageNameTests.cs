using Coxswain.Node.Images;

namespace Coxswain.Node.Tests.Images;

public sealed class ImageNameTests
{
    [Theory]
    [InlineData("nginx", "docker.io/library/nginx:latest", "docker.io/library/nginx")]
    [InlineData("nginx:1.27", "docker.io/library/nginx:1.27", "docker.io/library/nginx")]
    [InlineData("user/app", "docker.io/user/app:latest", "docker.io/user/app")]
    [InlineData("index.docker.io/library/nginx:1", "docker.io/library/nginx:1", "docker.io/library/nginx")]
    [InlineData("localhost/app:1", "localhost/app:1", "localhost/app")]
    [InlineData("localhost:5000/app", "localhost:5000/app:latest", "localhost:5000/app")]
    [InlineData("registry.k8s.io/pause:3.9", "registry.k8s.io/pause:3.9", "registry.k8s.io/pause")]
    [InlineData("nginx@sha256:00", "docker.io/library/nginx@sha256:00", "docker.io/library/nginx")]
    [InlineData("a.b/c:1@sha256:00", "a.b/c:1@sha256:00", "a.b/c")]
    [InlineData("sha256:00", "sha256:00", "sha256")]
    public void Normalize_ShortName_IsTheFullOne(string name, string full, string repository)
    {
        Assert.Equal(full, ImageName.Normalize(name));
        Assert.Equal(repository, ImageName.Repository(name));
    }
}
