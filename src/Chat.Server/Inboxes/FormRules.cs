using Chat.Contracts;
using Chat.Server.Messages;

namespace Chat.Server.Inboxes;

/// <summary>Answers of the pre-chat form. Fields that the form does not have are the host page's own and pass.</summary>
internal static class FormRules
{
    /// <summary>The first answer that is missing or not what its field asks for; null: all are.</summary>
    public static Refusal? FindFault(PreChatForm form, IReadOnlyDictionary<string, string>? answers)
    {
        foreach (var field in form.Fields)
        {
            if (FindFault(field, answers?.GetValueOrDefault(field.Name)) is { } why)
                return Refusal.Of($"fields.{field.Name}", why);
        }
        return null;
    }

    private static FieldFault? FindFault(FormField field, string? answer)
    {
        if (ChatText.IsBlank(answer))
            return field.Required ? FieldFault.Required : null;
        return field.Type switch
        {
            FormFieldType.Email when !TextRules.IsEmail(answer.Trim(), Limits.FieldValueLength) => FieldFault.Malformed,
            FormFieldType.Select when field.Options!.All(option => option.Value != answer) => FieldFault.Unknown,
            _ => null,
        };
    }
}
