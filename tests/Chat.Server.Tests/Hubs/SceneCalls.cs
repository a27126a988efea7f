using System.Text.Json;
using Chat.Contracts;

namespace Chat.Server.Tests.Hubs;

/// <summary>What most tests do first.</summary>
internal static class SceneCalls
{
    public static async Task<ConversationId> OpenConversationAsync(this RawSocket visitor) =>
        (await visitor.CallAsync("OpenConversation", new OpenConversation(Guid.NewGuid()))).Read<OpenResult>().Page.Conversation.Id;

    /// <summary>A change that must be stored.</summary>
    public static async Task<ChatEvent> DoAsync(this RawSocket socket, string method, object request) =>
        (await socket.CallAsync(method, request)).Read<SendResult>().Event!;

    public static Task<ChatEvent> WriteAsync(this RawSocket socket, ConversationId id, string body) =>
        socket.DoAsync("Send", new SendMessage(id, Guid.NewGuid(), body));

    public static Task UntilPushedAsync(this RawSocket socket, string target, Func<JsonElement, bool> matches, string what) =>
        socket.UntilAsync(_ => socket.Pushes(target).Any(matches), what);

    /// <summary>Waits for the push of an event; what was pushed before it has come by then.</summary>
    public static Task UntilPushedAsync(this RawSocket socket, ChatEvent e) =>
        socket.UntilAsync(
            _ => socket.Pushes(Push.Event).Concat(socket.Pushes(Push.Skip)).Any(p => SeqOf(p) == e.Seq && IsOf(p, e.ConversationId)),
            $"event {e.Seq} is pushed"
        );

    public static bool IsOf(JsonElement push, ConversationId id) => push.GetProperty("conversationId").GetGuid() == id.Value;

    public static int SeqOf(JsonElement push) => push.GetProperty("seq").GetInt32();
}
