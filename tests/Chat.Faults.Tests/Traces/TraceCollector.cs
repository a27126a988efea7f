using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Chat.Faults.Tests.Traces;

/// <summary>One span as a node sent it; ids in hexadecimal, no parent: empty.</summary>
internal sealed record ReceivedSpan(string TraceId, string SpanId, string ParentId, string Name);

/// <summary>An OpenTelemetry collector on loopback: OTLP over gRPC, as nodes speak it.</summary>
internal sealed class TraceCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private readonly List<ReceivedSpan> _spans = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TraceCollector(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    public static async Task<TraceCollector> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        var collector = new TraceCollector(builder.Build());
        collector._app.Run(collector.TakeAsync);
        await collector._app.StartAsync();
        return collector;
    }

    /// <summary>Waits until what has come has what is looked for, and answers that.</summary>
    public async Task<T> UntilAsync<T>(Func<IReadOnlyList<ReceivedSpan>, T?> find)
        where T : class
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            Task more;
            lock (_gate)
            {
                if (find(_spans) is { } found)
                    return found;
                more = _more.Task;
            }
            await more.WaitAsync(bound.Token);
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var spans =
            from resource in Protobuf.Fields(Protobuf.OfGrpc(body.ToArray()), 1)
            from scope in Protobuf.Fields(resource, 2)
            from span in Protobuf.Fields(scope, 2)
            select new ReceivedSpan(Hex(span, 1), Hex(span, 2), Hex(span, 4), Encoding.UTF8.GetString(Protobuf.Field(span, 5).Span));
        var received = spans.ToList();
        lock (_gate)
        {
            _spans.AddRange(received);
            _more.SetResult();
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(new byte[5]);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private static string Hex(ReadOnlyMemory<byte> span, int field) => Convert.ToHexStringLower(Protobuf.Field(span, field).Span);
}
