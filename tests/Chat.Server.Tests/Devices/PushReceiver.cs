using System.Collections.Concurrent;
using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Devices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Devices;

/// <summary>A push service on loopback: checks the signature as its receiver would, and answers as it is told.</summary>
internal sealed class PushReceiver : IAsyncDisposable
{
    public const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static readonly byte[] Key = new PushOptions { Secret = Secret }.ReadKey()!;

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Id, PushNotice Notice)> _received = new();

    private PushReceiver(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single() + "/push");

    /// <summary>What it answers from now on.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = _ => Task.CompletedTask;

    public IReadOnlyList<(string Id, PushNotice Notice)> Received => [.. _received];

    public static async Task<PushReceiver> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        var receiver = new PushReceiver(builder.Build());
        receiver._app.UseRouting();
        receiver._app.MapPost("/push", (RequestDelegate)receiver.TakeAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var headers = context.Request.Headers;
        var signature = WebhookPush.Sign(Key, headers["webhook-id"]!, headers["webhook-timestamp"]!, body.ToArray());
        if (signature != headers["webhook-signature"])
        {
            context.Response.StatusCode = 401;
            return;
        }
        _received.Enqueue((headers["webhook-id"]!, JsonSerializer.Deserialize(body.ToArray(), ChatJson.Wire.PushNotice)!));
        await Answer(context);
    }
}
