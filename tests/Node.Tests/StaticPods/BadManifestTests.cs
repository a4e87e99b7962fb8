using System.Text;
using Coxswain.Node.StaticPods;

namespace Coxswain.Node.Tests.StaticPods;

/// <summary>Files that nobody meant to be read as Pods: each is refused with a reason, and harms nothing but itself.</summary>
public sealed class BadManifestTests
{
    public static TheoryData<string> Garbage =>
    [
        "",
        "\n---\n---\n",
        "5",
        "just words",
        "[1, 2]",
        "null",
        "{",
        "\0\u0001\u0002ELF",
        "\uFFFD\uFFFD\uFFFD",
        "a: b: c",
        "\tkind: Pod",
        "apiVersion: 1\nkind: Pod",
        "apiVersion: v1\nkind: 5",
        "apiVersion: {a: b}\nkind: [Pod]",
        "apiVersion: v1\nkind: Pod",
        "apiVersion: v1\nkind: Pod\nmetadata: 5",
        "apiVersion: v1\nkind: Pod\nmetadata: null\nspec: null",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x}",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: []",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: 7}",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: []}",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [null]}",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{}]}",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: c}]}",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{image: i}]}",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: c, image: i}, {name: c, image: i}]}",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: ../../etc}\nspec: {containers: [{name: c, image: i}]}",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: ../../etc}\nspec: {containers: [{name: c, image: i}]}",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: ../../c, image: i}]}",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: c, image: i, env: [null]}]}",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: c, image: i, volumeMounts: [{name: none, mountPath: /x}]}]}",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {volumes: [null], containers: [{name: c, image: i}]}",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {volumes: [{name: ../../v, emptyDir: {}}], containers: [{name: c, image: i}]}",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: c, image: i, resources: {limits: {cpu: much}}}]}",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: c, image: i, ports: [{containerPort: many}]}]}",
        "apiVersion: v1\nkind: Deployment\nmetadata: {name: x}",
        "apiVersion: v1\nkind: PodList\nitems: {a: b}",
        "apiVersion: v1\nkind: PodList\nitems: [5]",
        "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Pod}]",
        "a: &a [*a, *a]",
        "a: &a [x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e]\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f]\nh: &h [*g,*g,*g,*g,*g,*g,*g,*g]\ni: [*h,*h,*h,*h,*h,*h,*h,*h]",
        new string('[', 100_000),
        "a: " + new string('x', 1_000_000),
    ];

    [Theory]
    [MemberData(nameof(Garbage), DisableDiscoveryEnumeration = true)]
    public void Read_OfGarbage_IsRefusedWithAReason(string text)
    {
        var e = Assert.Throws<ManifestException>(() => new PodManifest("node-1", "file", TimeProvider.System).Read(text, "/x.yaml"));
        Assert.NotEqual("", e.Message);
        Assert.True(e.Message.Length < 2000, "a reason, not the file");
    }
}
