using Chat.Contracts;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Testing.Clients;

/// <summary>One connection of a client, from its connect to its end.</summary>
internal sealed class ClientLink : IAsyncDisposable
{
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ClientLink(HubConnection connection)
    {
        Connection = connection;
        connection.Closed += _ =>
        {
            Close();
            return Task.CompletedTask;
        };
    }

    public HubConnection Connection { get; }

    /// <summary>Completes when the connection has ended, or its client no longer wants it.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Whether a goAway came.</summary>
    public bool IsSentAway { get; set; }

    public static ClientLink Build(Uri address, string token) =>
        new(
            new HubConnectionBuilder()
                .WithUrl(
                    address,
                    options =>
                    {
                        options.SkipNegotiation = true;
                        options.Transports = HttpTransportType.WebSockets;
                        options.AccessTokenProvider = () => Task.FromResult<string?>(token);
                    }
                )
                .AddJsonProtocol(json => json.PayloadSerializerOptions = new(ChatJson.Wire.Options))
                .Build()
        );

    public void Close() => _closed.TrySetResult();

    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
