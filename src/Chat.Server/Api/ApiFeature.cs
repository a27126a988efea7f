using Chat.Contracts;
using Chat.Server.CannedReplies;
using Chat.Server.Conversations;
using Chat.Server.Devices;
using Chat.Server.Inboxes;
using Chat.Server.Messages;
using Chat.Server.Operators;
using Chat.Server.Presence;
using Chat.Server.Visitors;

namespace Chat.Server.Api;

/// <summary>REST below <c>/api/v1</c>: the same services as the hubs, the same records, the same codes.</summary>
internal static class ApiFeature
{
    public const string Path = "/api";

    public static void AddApi(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<DirectoryChanges>();
        builder.Services.AddSingleton<TeamServices>();
        builder.Services.AddSingleton<OperatorStates>();
        builder.Services.AddSingleton<VisitorBlocking>();
        builder.Services.AddSingleton<CannedReplyStore>();
        builder.Services.AddSingleton<CannedReplyService>();
        builder.Services.AddApiDocument();
    }

    public static void MapApi(this IEndpointRouteBuilder routes)
    {
        routes.MapApiDocument();
        WidgetEndpoints.Map(routes);
        var api = routes
            .MapGroup(Path + "/v1")
            .RequireAuthorization()
            .AddEndpointFilter<RouteGroupBuilder, ApiCalls>()
            .RefuseUnknownParameters()
            .Refuses(ErrorCode.Invalid, ErrorCode.Unauthenticated, ErrorCode.RateLimited, ErrorCode.Unavailable, ErrorCode.Internal);
        ConversationEndpoints.Map(api);
        TranscriptEndpoints.Map(api);
        ConversationChangeEndpoints.Map(api);
        MessageEndpoints.Map(api);
        PresenceEndpoints.Map(api);
        DeviceEndpoints.Map(api);
        InboxEndpoints.Map(api);
        OperatorEndpoints.Map(api);
        InboxAdminEndpoints.Map(api);
        IdentityKeyEndpoints.Map(api);
        CannedReplyEndpoints.Map(api);
        BlockEndpoints.Map(api);
        OperatorAdminEndpoints.Map(api);
        TeamAdminEndpoints.Map(api);
    }
}
