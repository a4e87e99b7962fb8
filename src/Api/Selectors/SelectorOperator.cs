namespace Coxswain.Api;

/// <summary>How a label is compared. <c>=</c> and <c>==</c> are one.</summary>
public enum SelectorOperator { Equals, NotEquals, In, NotIn, Exists, DoesNotExist, GreaterThan, LessThan }
