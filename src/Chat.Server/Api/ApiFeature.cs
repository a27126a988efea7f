using Chat.Contracts;
using Chat.Server.Conversations;
using Chat.Server.Devices;
using Chat.Server.Inboxes;
using Chat.Server.Messages;
using Chat.Server.Operators;
using Chat.Server.Presence;

namespace Chat.Server.Api;

/// <summary>REST below <c>/api/v1</c>: the same services as the hubs, the same records, the same codes.</summary>
internal static class ApiFeature
{
    public const string Path = "/api";

    public static void AddApi(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<DirectoryChanges>();
        builder.Services.AddSingleton<TeamServices>();
        builder.Services.AddApiDocument();
    }

    public static void MapApi(this IEndpointRouteBuilder routes)
    {
        routes.MapApiDocument();
        var api = routes
            .MapGroup(Path + "/v1")
            .RequireAuthorization()
            .AddEndpointFilter<RouteGroupBuilder, ApiCalls>()
            .Refuses(ErrorCode.Unauthenticated, ErrorCode.RateLimited, ErrorCode.Unavailable, ErrorCode.Internal);
        ConversationEndpoints.Map(api);
        ConversationChangeEndpoints.Map(api);
        MessageEndpoints.Map(api);
        PresenceEndpoints.Map(api);
        DeviceEndpoints.Map(api);
        InboxEndpoints.Map(api);
        InboxAdminEndpoints.Map(api);
        OperatorAdminEndpoints.Map(api);
        TeamAdminEndpoints.Map(api);
    }
}
