namespace Coxswain.Api;

/// <summary>What is wrong with a field; the texts are those of upstream's <c>field.ErrorType</c>.</summary>
public enum FieldErrorType { Required, Invalid, NotSupported, Duplicate, NotFound, Forbidden, TooLong, TooMany, TypeInvalid, InternalError }

/// <summary>One finding of validation. <see cref="Detail"/> is the cause's message, <see cref="ToString"/> the whole line.</summary>
public sealed record FieldError(FieldErrorType Type, string Field, string Detail)
{
    /// <summary>The word in <c>details.causes[].reason</c>.</summary>
    public string CauseReason => Type switch
    {
        FieldErrorType.Required => "FieldValueRequired",
        FieldErrorType.Invalid => "FieldValueInvalid",
        FieldErrorType.NotSupported => "FieldValueNotSupported",
        FieldErrorType.Duplicate => "FieldValueDuplicate",
        FieldErrorType.NotFound => "FieldValueNotFound",
        FieldErrorType.Forbidden => "FieldValueForbidden",
        FieldErrorType.TooLong => "FieldValueTooLong",
        FieldErrorType.TooMany => "FieldValueTooMany",
        FieldErrorType.TypeInvalid => "FieldValueTypeInvalid",
        _ => "InternalError",
    };

    public override string ToString() => $"{Field}: {Detail}";
}
