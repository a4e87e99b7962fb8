using k8s;
using k8s.Models;

namespace Coxswain.Api;

/// <summary>How a request wants unknown and duplicate fields treated (<c>fieldValidation</c>).</summary>
public enum FieldValidation { Ignore, Warn, Strict }
