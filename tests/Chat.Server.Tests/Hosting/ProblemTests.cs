using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Tests.Hosting;

/// <summary>What clients hear of calls that failed outside of them.</summary>
public sealed class ProblemTests
{
    [Theory]
    [InlineData(StatusCodes.Status400BadRequest, "invalid")]
    [InlineData(StatusCodes.Status413PayloadTooLarge, "too_large")]
    // A body that came too slowly is as good as any when it is sent again.
    [InlineData(StatusCodes.Status408RequestTimeout, "unavailable")]
    public async Task A_body_that_was_not_read_has_the_code_of_its_reason(int status, string code)
    {
        var handler = new ProblemHandler(
            new OutageLog(TimeProvider.System, NullLogger<OutageLog>.Instance),
            NullLogger<ProblemHandler>.Instance
        );
        await using var services = new ServiceCollection().AddLogging().AddOptions().BuildServiceProvider();
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = services, Response = { Body = body } };

        await handler.TryHandleAsync(context, new BadHttpRequestException("", status), CancellationToken.None);

        using var problem = JsonDocument.Parse(body.ToArray());
        Assert.Equal(code, problem.RootElement.GetProperty("code").GetString());
        Assert.Equal(ErrorCode.Find(code)!.HttpStatus, context.Response.StatusCode);
    }
}
