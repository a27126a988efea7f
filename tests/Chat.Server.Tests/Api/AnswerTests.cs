using Chat.Contracts;
using Chat.Server.Api;
using Chat.Server.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Chat.Server.Tests.Api;

/// <summary>What an answer holds of the node's memory while its reader takes it.</summary>
public sealed class AnswerTests
{
    private const int Room = 64 * 1024;

    private readonly OutgoingBytes _outgoing = new(Options.Create(new OutgoingOptions()));

    [Theory]
    [InlineData(null, Room, 4 * Room)]
    // A text that repeats itself becomes so short.
    [InlineData("gzip", 1, Room / 4)]
    public async Task For_its_reader_wait_the_bytes_that_go_out_and_no_others(string? takes, int least, int most)
    {
        await using var services = new ServiceCollection().AddOptions().AddWireJson().AddSingleton(_outgoing).BuildServiceProvider();
        using var body = new Probe(_outgoing);
        var context = new DefaultHttpContext { RequestServices = services, Response = { Body = body } };
        context.Features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature());
        if (takes is not null)
            context.Request.Headers.AcceptEncoding = takes;

        await new Answer<InboxFace>(new InboxFace(default, new string('x', Room), false), 200).ExecuteAsync(context);

        Assert.InRange(body.Held, least, most);
        Assert.Equal(context.Response.ContentLength, body.Length);
        Assert.InRange(body.Length, 1, body.Held);
        Assert.Equal(0, _outgoing.Waiting);
    }

    [Theory]
    [InlineData("*", StatusCodes.Status304NotModified)]
    [InlineData("\"other\"", StatusCodes.Status200OK)]
    public async Task Whether_it_is_the_same_or_not_caches_are_told_what_it_hangs_on(string held, int status)
    {
        await using var services = new ServiceCollection().AddOptions().AddWireJson().AddSingleton(_outgoing).BuildServiceProvider();
        var context = new DefaultHttpContext { RequestServices = services };
        context.Features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature());
        context.Request.Headers.IfNoneMatch = held;

        await new Answer<InboxFace>(new InboxFace(default, new string('x', Room), false), 200) { IsTagged = true }.ExecuteAsync(context);

        Assert.Equal(status, context.Response.StatusCode);
        Assert.Equal("Accept-Encoding", context.Response.Headers.Vary);
        Assert.NotEmpty(context.Response.Headers.ETag.ToString());
    }

    /// <summary>Notes what is counted while it is written to.</summary>
    private sealed class Probe(OutgoingBytes outgoing) : MemoryStream
    {
        public long Held { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Held = outgoing.Waiting;
            return base.WriteAsync(buffer, cancellationToken);
        }
    }
}
