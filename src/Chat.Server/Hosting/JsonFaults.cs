using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Chat.Contracts;

namespace Chat.Server.Hosting;

/// <summary>
/// Which field of a body the serializer refuses, and why: the path is in its exception, the reason only in the words. They are pinned by tests, and where they
/// are others one day the reason becomes <c>malformed</c>.
/// </summary>
internal static partial class JsonFaults
{
    private const string Body = "body";
    private const int PathLength = 200;

    /// <summary>Null: the failure is none of JSON.</summary>
    public static FieldError? Find(Exception? failure)
    {
        if ((failure as JsonException ?? failure?.InnerException as JsonException) is not { } json)
            return null;
        var path = PathOf(json.Path);
        if (Missing().Match(json.Message) is { Success: true } missing)
            return new FieldError(Join(path, missing.Groups["name"].Value), FieldFault.Required.Code);
        var reason =
            NoNull().IsMatch(json.Message) ? FieldFault.Required
            : IsWord(json.Message, path) ? FieldFault.Unknown
            : FieldFault.Malformed;
        return new FieldError(path.Length > 0 ? path : Body, reason.Code);
    }

    /// <summary>Without its root, and no further than names go: what is quoted is a key that the caller has made up.</summary>
    private static string PathOf(string? path)
    {
        if (path is null)
            return "";
        var name = Names().Match(path).Value.TrimStart('$').Trim('.');
        return name.Length > PathLength ? name[..PathLength] : name;
    }

    private static string Join(string path, string name) => path.Length > 0 ? $"{path}.{name}" : name;

    /// <summary>The serializer names the record that it reads, or the type of the field.</summary>
    private static bool IsWord(string message, string path)
    {
        if (Converted().Match(message) is not { Success: true } match)
            return false;
        var type = typeof(ErrorCode).Assembly.GetType(match.Groups["type"].Value);
        var field = type?.GetProperty(
            path[(path.LastIndexOf('.') + 1)..],
            BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase
        );
        var bare = field is null ? type : Nullable.GetUnderlyingType(field.PropertyType) ?? field.PropertyType;
        return bare is { IsEnum: true };
    }

    // Anchored: behind the serializer's words comes the path, and so what the caller wrote.
    [GeneratedRegex(@"^JSON deserialization for type '[^']+' was missing required properties including: '?(?<name>\w+)", Options, Patience)]
    private static partial Regex Missing();

    [GeneratedRegex(
        @"^The (constructor parameter|property or field) '\w+' on type '[^']+' doesn't allow (setting |getting )?null",
        Options,
        Patience
    )]
    private static partial Regex NoNull();

    [GeneratedRegex(@"^The JSON value could not be converted to (System\.Nullable`1\[)?(?<type>Chat\.Contracts\.\w+)", Options, Patience)]
    private static partial Regex Converted();

    [GeneratedRegex(@"^[$\w.\-]*(\[\d+\][\w.\-]*)*", Options, Patience)]
    private static partial Regex Names();

    private const RegexOptions Options = RegexOptions.ExplicitCapture;

    private const int Patience = 1000;
}
