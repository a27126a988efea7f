using System.Net.WebSockets;
using Chat.Contracts;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Client;

/// <summary>A SignalR connection over a WebSocket.</summary>
internal sealed class HubLink : ILink
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    private readonly HubConnection _connection;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource<LinkEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HubLink(HubConnection connection, TimeProvider time)
    {
        (_connection, _time) = (connection, time);
        connection.Closed += error =>
        {
            Close(Codes.OfDisconnect(error));
            return Task.CompletedTask;
        };
    }

    public ConnectionTransport Transport => ConnectionTransport.Socket;

    public Task<LinkEnd> Ended => _ended.Task;

    public static async Task<ILink> ConnectAsync(
        Uri hub,
        string token,
        ClientOptions options,
        Action<object> onPush,
        CancellationToken cancellationToken
    )
    {
        var link = new HubLink(Build(hub, token, options), options.TimeProvider);
        try
        {
            link.Listen(onPush);
            await link._connection.StartAsync(cancellationToken).WaitAsync(AnswerWithin, options.TimeProvider, cancellationToken);
            return link;
        }
        catch (Exception e)
        {
            await link.DisposeAsync();
            throw e is OperationCanceledException && cancellationToken.IsCancellationRequested
                ? e
                : new ChatException(ChatException.Network, "The connection was not made.", inner: e);
        }
    }

    public async Task<T> CallAsync<T>(string method, object request, CancellationToken cancellationToken)
    {
        try
        {
            var answer = _connection.InvokeCoreAsync(method, typeof(T), [request], cancellationToken);
            return (T)(await answer.WaitAsync(AnswerWithin, _time, cancellationToken))!;
        }
        catch (HubException e) when (Codes.OfRefusal(e) is { } code)
        {
            throw new ChatException(code, e);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Nobody knows whether it happened. On this connection its answer could no longer be told from that of a repeat.
            Close();
            throw new ChatException(ChatException.Network, e);
        }
    }

    public void Close(string? reason = null) => _ended.TrySetResult(new LinkEnd(reason));

    public async ValueTask DisposeAsync()
    {
        Close();
        await _connection.DisposeAsync();
    }

    private static HubConnection Build(Uri hub, string token, ClientOptions options)
    {
        var builder = new HubConnectionBuilder()
            .WithUrl(
                hub,
                http =>
                {
                    http.SkipNegotiation = true;
                    http.Transports = HttpTransportType.WebSockets;
                    http.AccessTokenProvider = () => Task.FromResult<string?>(token);
                    if (options.HttpHandler is { } handler)
                        http.WebSocketFactory = async (socket, cancellation) => await OpenAsync(socket.Uri, token, handler(), cancellation);
                }
            )
            .AddJsonProtocol(json => json.PayloadSerializerOptions = new(ClientJson.Wire));
        return builder.Build();
    }

    // Handlers that SignalR is given are for its negotiation only, and a socket of HTTP/1.1 would go past them.
    private static async Task<WebSocket> OpenAsync(Uri hub, string token, HttpMessageHandler handler, CancellationToken cancellationToken)
    {
        using var invoker = new HttpMessageInvoker(handler);
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
            await socket.ConnectAsync(hub, invoker, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Listen(Action<object> onPush)
    {
        Listen<ChatEvent>(Push.Event, onPush);
        Listen<Skip>(Push.Skip, onPush);
        Listen<CursorMoved>(Push.Cursor, onPush);
        Listen<Ephemeral>(Push.Ephemeral, onPush);
        Listen<InboxChange>(Push.Inbox, onPush);
        Listen<Resync>(Push.Resync, onPush);
        Listen<GoAway>(Push.GoAway, onPush);
    }

    // What comes after the end belongs to a connection that nobody waits for any more.
    private void Listen<T>(string name, Action<object> onPush)
        where T : notnull =>
        _connection.On(
            name,
            [typeof(T)],
            (arguments, _) =>
            {
                if (arguments is [{ } push] && !_ended.Task.IsCompleted)
                    onPush(push);
                return Task.CompletedTask;
            },
            this
        );
}
