using System.Net.WebSockets;
using System.Reflection;
using Chat.Server.Identity;
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

    public static void MapSocket<THub>(this IEndpointRouteBuilder routes, string path)
        where THub : Hub
    {
        var hub = routes.ServiceProvider.GetRequiredService<HubConnectionHandler<THub>>();
        var policies = typeof(THub).GetCustomAttributes<AuthorizeAttribute>(inherit: true);
        routes.Map(path, context => RunAsync(hub, context)).RequireAuthorization([.. policies]);
    }

    private static async Task RunAsync<THub>(HubConnectionHandler<THub> hub, HttpContext context)
        where THub : Hub
    {
        if (context.Features.Get<IHttpWebSocketFeature>() is not { IsWebSocketRequest: true } upgrade)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }
        using var socket = await upgrade.AcceptAsync(Accept);
        context.Features.Set<IHttpWebSocketFeature>(null);
        context.Features.Set<IHttpUpgradeFeature>(null);
        context.Request.Headers.Clear();
        using var connection = new SocketConnection(context, socket, context.Features.GetRequiredFeature<Caller>());
        var status = WebSocketCloseStatus.InternalServerError;
        try
        {
            await hub.OnConnectedAsync(connection);
            status = WebSocketCloseStatus.NormalClosure;
        }
        finally
        {
            await connection.CloseAsync(status, ClosePatience);
        }
    }
}
