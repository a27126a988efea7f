using Chat.Contracts;

namespace Chat.Client;

/// <summary>Codes in the messages of SignalR's exceptions.</summary>
internal static class Codes
{
    /// <summary>The word at the end of a refused call's message; null when it ends in a sentence, which is nobody's code.</summary>
    public static string? OfRefusal(Exception refusal) =>
        refusal.Message.Split(' ')[^1] is { Length: > 0 } word && IsWord(word) ? word : null;

    /// <summary>The reason that the server closed the connection with; null when it gave none.</summary>
    public static string? OfDisconnect(Exception? error) =>
        error is not null && LastWord(error.Message) is { } word && FindReason(word) is not null ? word : null;

    public static DisconnectReason? FindReason(string? code) => DisconnectReason.All.FirstOrDefault(reason => reason.Code == code);

    private static string? LastWord(string message) =>
        message.TrimEnd(' ', '.') is { Length: > 0 } text ? text[(text.LastIndexOf(' ') + 1)..] : null;

    private static bool IsWord(string text) => text.All(c => c is (>= 'a' and <= 'z') or '_');
}
