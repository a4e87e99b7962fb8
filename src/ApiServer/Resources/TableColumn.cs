namespace Coxswain.ApiServer.Resources;

/// <summary>One column of the server-side Table.</summary>
/// <param name="Type">string, integer, boolean, date.</param>
/// <param name="Priority">0 always shown, 1 with <c>-o wide</c>.</param>
public sealed record TableColumn(string Name, string Type = "string", int Priority = 0, string Format = "", string Description = "");
