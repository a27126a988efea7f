using System.ComponentModel;
using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Identity;

namespace Chat.Server.Api;

/// <summary>The few words with which features describe their routes.</summary>
internal static class ApiRoutes
{
    private const string ProblemType = "application/problem+json";

    private const string OfConversation = "/conversations/{id:guid}/";

    /// <summary>POST of a hub's record to a conversation; the answer is the hub's too. What is stored is stored, whether the client still waits or not.</summary>
    /// <param name="routes">The API.</param>
    /// <param name="path">Below the conversation.</param>
    /// <param name="target">The conversation that the record names; it must be the path's.</param>
    /// <param name="change">The service's method.</param>
    public static RouteHandlerBuilder MapChange<T>(
        this IEndpointRouteBuilder routes,
        string path,
        Func<T, ConversationId> target,
        Func<Call, T, Task<Outcome<SendResult>>> change
    )
        where T : class =>
        routes
            .MapPost(
                OfConversation + path,
                async ([Description("The conversation.")] Guid id, T body, HttpContext context) =>
                    target(body).Value == id ? ApiResult.Of(await change(context.Call(CancellationToken.None), body)) : OtherConversation()
            )
            .WithMetadata(new ApiCalls.Change())
            .Produces<SendResult>()
            .Refuses(
                ErrorCode.Invalid,
                ErrorCode.TooLarge,
                ErrorCode.Forbidden,
                ErrorCode.NotFound,
                ErrorCode.Conflict,
                ErrorCode.Closed,
                ErrorCode.StaleView
            );

    /// <summary>POST of a hub's record that says something and stores no event.</summary>
    public static RouteHandlerBuilder MapNotice<T>(
        this IEndpointRouteBuilder routes,
        string path,
        Func<T, ConversationId> target,
        Func<Call, T, Task<Outcome<Done>>> notice
    )
        where T : class =>
        routes
            .MapPost(
                OfConversation + path,
                async ([Description("The conversation.")] Guid id, T body, HttpContext context) =>
                    target(body).Value == id ? ApiResult.Of(await notice(context.Call(), body)) : OtherConversation()
            )
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(ErrorCode.Invalid, ErrorCode.TooLarge, ErrorCode.NotFound);

    /// <summary>A group of routes for admins alone.</summary>
    public static RouteGroupBuilder MapAdmin(this IEndpointRouteBuilder routes, string path) =>
        routes.MapGroup(path).RequireAuthorization(Policies.Admin).Refuses(ErrorCode.Forbidden).WithTags("Administration");

    /// <summary>Name, summary and, where that says more, a description.</summary>
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder route, string name, string summary, string? description = null)
    {
        route.WithName(name).WithSummary(summary);
        return description is null ? route : route.WithDescription(description);
    }

    /// <summary>Its answer has an <c>ETag</c>; see <see cref="ApiResult.Polled{T}"/>.</summary>
    public static RouteHandlerBuilder Polled(this RouteHandlerBuilder route) => route.WithMetadata(new Polling()).Produces(304);

    /// <summary>Makes something that has an address from now on: 201 with <c>Location</c>.</summary>
    public static RouteHandlerBuilder Creates<T>(this RouteHandlerBuilder route) =>
        route.Produces<T>(StatusCodes.Status201Created).WithMetadata(new Creation());

    /// <summary>The codes with which a route may refuse, for its description; several calls add up.</summary>
    public static T Refuses<T>(this T route, params ErrorCode[] codes)
        where T : IEndpointConventionBuilder
    {
        route.WithMetadata(new Refusals(codes));
        foreach (var status in codes.Select(code => code.HttpStatus).Distinct())
            route.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(Problem), [ProblemType]));
        return route;
    }

    private static IResult OtherConversation() =>
        Problems.Problem(Refusal.Of("conversationId", FieldFault.NotAllowed, "conversationId must be the conversation of the address."));
}

/// <summary>Metadata of a route.</summary>
internal sealed record Refusals(IReadOnlyList<ErrorCode> Codes);

/// <summary>Metadata of a route whose answer callers ask for again and again.</summary>
internal sealed record Polling;

/// <summary>Metadata of a route whose answer says where it has put something.</summary>
internal sealed record Creation;
