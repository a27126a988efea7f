using System.Text.Json.Nodes;

namespace Chat.Server.Sockets;

/// <summary>
/// What somebody hears who negotiates, as SignalR's clients do by themselves: the negotiation's own field for it, with a status that lets them read it, so that
/// the sentence stands in the exception on the caller's screen.
/// </summary>
internal static class SocketHint
{
    public const string Text = "Chat speaks WebSocket only: connect with skipNegotiation and the transport WebSockets.";

    public static Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync(new JsonObject { ["error"] = Text }.ToJsonString(), context.RequestAborted);
    }
}
