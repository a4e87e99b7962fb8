namespace Coxswain.Node.Images;

/// <summary>An image found in an archive.</summary>
/// <param name="Name">Full: <c>docker.io/library/nginx:1.27</c>.</param>
/// <param name="MediaType">Of its manifest or index.</param>
/// <param name="Digest">Of its manifest or index.</param>
/// <param name="ConfigDigest">Of this machine's variant: what Kubernetes calls the image's id.</param>
internal sealed record ArchivedImage(string Name, string MediaType, string Digest, long Size, string ConfigDigest);
