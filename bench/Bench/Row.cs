namespace Coxswain.Bench;

/// <summary>One line of the table, every cell as it is printed.</summary>
/// <param name="Floor">What the same work takes without Coxswain, measured in the same run; empty when there is no such thing.</param>
/// <param name="Ratio">Measured to floor.</param>
/// <param name="Goal">What is expected on two cores.</param>
internal sealed record Row(string What, string Measured, string Floor = "", string Ratio = "", string Goal = "");
