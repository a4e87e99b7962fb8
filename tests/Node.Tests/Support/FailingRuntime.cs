using System.Reflection;
using Coxswain.Node.Runtime;

namespace Coxswain.Node.Tests;

/// <summary>A runtime some of whose calls fail or answer otherwise, for as long as the test says.</summary>
public class FailingRuntime : DispatchProxy
{
    private IRuntime _inner = null!;

    /// <summary>Given a call's name: null, or how it fails.</summary>
    public Func<string, RuntimeException?> Fails { get; set; } = _ => null;

    /// <summary>What it says of itself in place of the truth.</summary>
    public RuntimeStatus? Status { get; set; }

    /// <summary>What it shows of a container in place of the truth; given that.</summary>
    public Func<ContainerStatus, ContainerStatus>? Container { get; set; }

    /// <summary>What it lists in place of its images.</summary>
    public Func<IReadOnlyList<ImageInfo>>? Images { get; set; }

    public static FailingRuntime Around(IRuntime inner)
    {
        var proxy = (FailingRuntime)(object)Create<IRuntime, FailingRuntime>();
        proxy._inner = inner;
        return proxy;
    }

    public IRuntime Runtime => (IRuntime)(object)this;

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (Fails(targetMethod!.Name) is { } failure) throw failure;
        if (targetMethod.Name == nameof(IRuntime.GetContainerAsync) && Container is { } show) return ShowAsync((Task<ContainerStatus?>)targetMethod.Invoke(_inner, args)!, show);
        if (targetMethod.Name == nameof(IRuntime.ListImagesAsync) && Images is { } images) return Task.FromResult(images());
        return targetMethod.Name == nameof(IRuntime.GetStatusAsync) && Status is { } said ? Task.FromResult(said) : targetMethod.Invoke(_inner, args);
    }

    private static async Task<ContainerStatus?> ShowAsync(Task<ContainerStatus?> truth, Func<ContainerStatus, ContainerStatus> show) => await truth is { } status ? show(status) : null;
}
