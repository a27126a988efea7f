using Chat.Contracts;

namespace Chat.Server.Inboxes;

/// <summary>Answers of the pre-chat form. Fields that the form does not have are the host page's own and pass.</summary>
internal static class FormRules
{
    public static bool Accepts(PreChatForm form, IReadOnlyDictionary<string, string>? answers) =>
        form.Fields.All(field => Accepts(field, answers?.GetValueOrDefault(field.Name)));

    private static bool Accepts(FormField field, string? answer)
    {
        if (string.IsNullOrWhiteSpace(answer))
            return !field.Required;
        return field.Type switch
        {
            FormFieldType.Email => answer.Contains('@', StringComparison.Ordinal),
            FormFieldType.Select => field.Options!.Any(option => option.Value == answer),
            _ => true,
        };
    }
}
