using System.Net.WebSockets;
using System.Reflection;
using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Identity;
using Chat.Server.Networks;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Sockets;

/// <summary>Hubs on bare WebSockets: no negotiation, no other transports.</summary>
internal static class SocketEndpoints
{
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);

    // SignalR pings; the socket's own timer would do so once more.
    private static readonly WebSocketAcceptContext Accept = new() { KeepAliveInterval = TimeSpan.Zero };
    private static readonly WebSocketCreationOptions OverBytes = new() { IsServer = true, KeepAliveInterval = TimeSpan.Zero };

    public static void MapSocket<THub>(this IEndpointRouteBuilder routes, string path)
        where THub : Hub
    {
        var hub = routes.ServiceProvider.GetRequiredService<HubConnectionHandler<THub>>();
        var policies = typeof(THub).GetCustomAttributes<AuthorizeAttribute>(inherit: true);
        var sockets = routes.ServiceProvider.GetRequiredService<OpenSockets>();
        routes.Map(path, context => RunAsync(hub, sockets, context)).RequireAuthorization([.. policies]);
        routes.MapPost(path + "/negotiate", SocketHint.AnswerAsync);
    }

    private static async Task RunAsync<THub>(HubConnectionHandler<THub> hub, OpenSockets sockets, HttpContext context)
        where THub : Hub
    {
        foreach (var (name, _) in context.Request.Query)
        {
            if (name != CallerAuthentication.QueryToken)
            {
                await Problems
                    .Problem(Refusal.Of(name, FieldFault.Unknown, "Hubs take access_token and nothing else."))
                    .ExecuteAsync(context);
                return;
            }
        }
        if (context.Features.Get<IHttpWebSocketFeature>() is not { IsWebSocketRequest: true } upgrade)
        {
            await Problems.Problem(Refusal.Of("Upgrade", FieldFault.Required, SocketHint.Text)).ExecuteAsync(context);
            return;
        }
        var caller =
            Caller.From(context)?.At(context) ?? throw new InvalidOperationException("A socket without a caller passed authorisation.");
        var accepted = await upgrade.AcceptAsync(Accept);
        if (context.Features.Get<Takeover>() is not { Taken: { } bytes } takeover)
        {
            await LiveAsync(hub, sockets, sockets.Add(accepted, caller, context.Connection.Id, context.Abort));
            return;
        }
        // Over the same bytes, since the framework's own one holds the request.
        var socket = WebSocket.CreateFromStream(bytes, OverBytes);
        takeover.Continue(connection =>
            LiveAsync(hub, sockets, sockets.Add(socket, caller, connection.ConnectionId, connection.Abort, bytes))
        );
    }

    private static async Task LiveAsync<THub>(HubConnectionHandler<THub> hub, OpenSockets sockets, SocketConnection connection)
        where THub : Hub
    {
        using var ended = connection;
        var status = WebSocketCloseStatus.InternalServerError;
        try
        {
            await hub.OnConnectedAsync(connection);
            status = WebSocketCloseStatus.NormalClosure;
        }
        finally
        {
            await connection.CloseAsync(status, ClosePatience);
            sockets.Remove(connection);
        }
    }
}
