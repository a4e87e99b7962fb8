namespace Coxswain.Bench.Measurements;

/// <summary>One thing that is measured: adds its rows to the context's table.</summary>
internal interface IMeasurement
{
    /// <summary>As <c>--only</c> takes it.</summary>
    string Name { get; }

    Task MeasureAsync(BenchContext context, CancellationToken ct);
}
