using System.Net.Http.Json;
using Chat.Contracts;
using Chat.Server.Api;
using Chat.Server.Hosting;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Networks;
using Chat.Server.Operators;
using Chat.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Server.Tests.Identity;

/// <summary>A server with storage and identity on a loopback port, and a few routes that say who called.</summary>
internal sealed class IdentityServer : IAsyncDisposable
{
    public const string Password = "correct horse battery";

    private static int _names;

    private readonly WebApplication _app;

    private IdentityServer(WebApplication app, FakeTimeProvider time)
    {
        _app = app;
        Time = time;
        Client = NewClient();
    }

    public FakeTimeProvider Time { get; }

    /// <summary>Without cookies: tests handle them themselves.</summary>
    public HttpClient Client { get; }

    public Uri Address => new(_app.Urls.Single());

    public string OwnOrigin => Address.GetLeftPart(UriPartial.Authority);

    public IServiceProvider Services => _app.Services;

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public static async Task<IdentityServer> StartAsync(
        IReadOnlyDictionary<string, string?> settings,
        params (string Key, string Value)[] more
    )
    {
        // The machine's time: the database's clock takes part in conversations.
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Configuration.AddInMemoryCollection(more.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)));
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder
            .Services.AddSingleton<TimeProvider>(time)
            .AddRoutingCore()
            .AddLogging(l => l.AddSimpleConsole().SetMinimumLevel(LogLevel.Error));
        builder.AddStorage();
        builder.AddNetworks();
        builder.AddIdentity();

        var app = builder.Build();
        app.UseProblems();
        app.UseRouting();
        app.UseBodyLimits();
        app.UseIdentity();
        app.MapIdentity();
        app.MapGet("/hubs/visitor", (HttpContext context) => WhoIs(context)).RequireAuthorization(Policies.Visitor);
        app.MapGet("/hubs/operator", (HttpContext context) => WhoIs(context)).RequireAuthorization(Policies.Operator);
        app.MapGet("/api/v1/mine", (HttpContext context) => WhoIs(context)).RequireAuthorization();
        app.MapGet("/api/v1/admin", (HttpContext context) => WhoIs(context)).RequireAuthorization(Policies.Admin);
        await app.Services.GetRequiredService<ISchema>().MigrateAsync(TestContext.Current.CancellationToken);
        await app.Services.GetRequiredService<SigningKeys>().StartAsync(TestContext.Current.CancellationToken);
        await app.Services.GetRequiredService<InboxDirectory>().RefreshAsync(TestContext.Current.CancellationToken);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new IdentityServer(app, time);
    }

    public HttpClient NewClient() => new(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = Address };

    public async Task<Inbox> AddInboxAsync(bool native = true, params string[] origins)
    {
        var inbox = new Inbox
        {
            Id = new InboxId(Guid.CreateVersion7()),
            Key = $"inbox-{Interlocked.Increment(ref _names)}",
            Name = "Shop",
            AllowNativeApps = native,
            Origins = origins,
        };
        Assert.True(await Get<InboxStore>().AddAsync(inbox, default));
        await Get<InboxDirectory>().RefreshAsync(default);
        return inbox;
    }

    public async Task<(OperatorId Id, string Email)> AddOperatorAsync(
        OperatorRole role = OperatorRole.Operator,
        bool mustChange = false,
        params InboxId[] inboxes
    )
    {
        var email = $"operator{Interlocked.Increment(ref _names)}@example.org";
        var hash = Get<Passwords>().Hash(Password);
        var id = await Get<OperatorStore>().AddAsync(new NewOperator(email, "Olga", role, hash, mustChange), default);
        foreach (var inbox in inboxes)
            await Get<InboxStore>().AddMemberAsync(inbox, id!.Value, default);
        await Get<InboxDirectory>().RefreshAsync(default);
        return (id!.Value, email);
    }

    public Task<HttpResponseMessage> PostAsync<T>(string path, T body, string? origin = null, string? cookie = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, options: ChatJson.Wire.Options) };
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        if (cookie is not null)
            request.Headers.Add("Cookie", $"{OperatorSessionEndpoints.Cookie}={cookie}");
        return Client.SendAsync(request);
    }

    public Task<HttpResponseMessage> GetAsync(string path, string? bearer = null, string? origin = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (bearer is not null)
            request.Headers.Authorization = new("Bearer", bearer);
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        return Client.SendAsync(request);
    }

    public async Task<VisitorSession> VisitAsync(Inbox inbox, Guid? device = null, string? identity = null, string? refresh = null)
    {
        var answer = await TryVisitAsync(inbox, device, identity, refresh);
        Assert.Equal(200, (int)answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync(ChatJson.Wire.VisitorSession))!;
    }

    public Task<HttpResponseMessage> TryVisitAsync(Inbox inbox, Guid? device = null, string? identity = null, string? refresh = null) =>
        PostAsync("/api/v1/visitor/session", new VisitorSessionRequest(inbox.Key, device ?? Guid.NewGuid(), identity, refresh));

    public async Task<(int Status, OperatorSession? Session, string? Cookie)> SignInAsync(
        OperatorSessionRequest body,
        string? cookie = null
    )
    {
        var answer = await PostAsync("/api/v1/operator/session", body, cookie: cookie);
        var session = answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync(ChatJson.Wire.OperatorSession) : null;
        return ((int)answer.StatusCode, session, CookieOf(answer));
    }

    public static string? CookieOf(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("Set-Cookie", out var lines) ? lines.Single().Split(';')[0].Split('=', 2)[1] : null;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static string WhoIs(HttpContext context) => $"{Caller.From(context.User)!.Kind} {Caller.From(context.User)!.Id}";
}
