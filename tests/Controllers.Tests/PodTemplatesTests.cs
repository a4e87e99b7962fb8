using k8s.Models;

namespace Coxswain.Controllers.Tests;

public sealed class PodTemplatesTests
{
    [Fact]
    public void Hash_MapsInAnotherOrder_IsTheSame()
    {
        var (a, b) = (Labelled(("x", "1"), ("y", "2")), Labelled(("y", "2"), ("x", "1")));

        Assert.Equal(PodTemplates.Hash(a, null), PodTemplates.Hash(b, null));
        Assert.True(PodTemplates.SameExceptHash(a, b));
        Assert.Matches("^[bcdfghjklmnpqrstvwxz2456789]{1,10}$", PodTemplates.Hash(a, null));
    }

    [Fact]
    public void Hash_TemplateOrCollisionDiffers_Differs()
    {
        var template = Rig.Template("web");

        Assert.NotEqual(PodTemplates.Hash(template, null), PodTemplates.Hash(Rig.Template("web", "nginx:2"), null));
        Assert.NotEqual(PodTemplates.Hash(template, null), PodTemplates.Hash(template, 1));
        Assert.NotEqual(PodTemplates.Hash(template, 1), PodTemplates.Hash(template, 2));
    }

    [Fact]
    public void SameExceptHash_HashLabelAdded_IsTheSame()
    {
        Assert.True(PodTemplates.SameExceptHash(Labelled(("x", "1")), Labelled(("x", "1"), ("pod-template-hash", "abc"))));
        Assert.False(PodTemplates.SameExceptHash(Labelled(("x", "1")), Labelled(("x", "2"), ("pod-template-hash", "abc"))));
    }

    [Fact]
    public void NewPod_Changed_LeavesTheTemplateAlone()
    {
        var template = Rig.Template("web");
        var pod = PodTemplates.NewPod(new V1ObjectMeta { Name = "web", NamespaceProperty = "default" }, new V1OwnerReference(), template);
        pod.Spec.Containers[0].Image = "changed";
        pod.Metadata.Labels["app"] = "changed";

        Assert.Equal(("nginx:1", "web"), (template.Spec.Containers[0].Image, template.Metadata.Labels["app"]));
    }

    private static V1PodTemplateSpec Labelled(params (string Key, string Value)[] labels)
    {
        var template = Rig.Template("web");
        template.Metadata.Labels = labels.ToDictionary(label => label.Key, label => label.Value);
        return template;
    }
}
