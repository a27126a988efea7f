using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Chat.Contracts;

namespace Chat.Client.Tests;

/// <summary>A server without a network, which answers as it is told.</summary>
internal sealed class StubHandler(Func<HttpRequestMessage, Task<HttpResponseMessage>> answer) : HttpMessageHandler
{
    public static HttpResponseMessage Json<T>(T value) =>
        new(HttpStatusCode.OK) { Content = JsonContent.Create(value, ClientJson.Info<T>()) };

    public static HttpResponseMessage Refusal(ErrorCode code)
    {
        var problem = new Problem(code.Code, code.HttpStatus, code.Code);
        var type = new MediaTypeHeaderValue("application/problem+json");
        return new HttpResponseMessage((HttpStatusCode)code.HttpStatus)
        {
            Content = JsonContent.Create(problem, ClientJson.Info<Problem>(), type),
        };
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        answer(request).WaitAsync(cancellationToken);
}
