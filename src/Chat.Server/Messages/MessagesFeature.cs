using Chat.Server.Conversations;
using Chat.Server.Delivery;
using Chat.Server.Hosting;
using Chat.Server.Presence;
using Chat.Server.Visitors;

namespace Chat.Server.Messages;

/// <summary>The path of a message from its caller to the log: rules, lanes, acknowledgements.</summary>
internal static class MessagesFeature
{
    public static void AddMessages(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSettings<LaneOptions>(LaneOptions.Section);
        services.AddSingleton<MessageService>();
        services.AddSingleton<Answers>();
        services.AddSingleton<LaneServices>();
        services.AddHostedSingleton<AppendLanes>();

        services.AddSingleton<Access>();
        services.AddSingleton<ConversationReader>();
        services.AddSingleton<EventWaits>();
        services.AddSingleton<OwnReads>();
        services.AddSingleton<ConversationLists>();
        services.AddSingleton<ConversationOpener>();
        services.AddSingleton<ConversationService>();
        services.AddHostedSingleton<CursorService>();
        services.AddHostedSingleton<SnoozeLoop>();
        services.AddHostedSingleton<VisitorEvents>();
        services.AddSingleton<EphemeralService>();
        services.AddSingleton<PresencePushes>();
        services.AddSingleton<PresenceNotices>();
        services.AddHostedSingleton<PresenceTracker>();
        services.AddHostedSingleton<QueuePositions>();
        services.AddSingleton<VisitorSweep>();
        services.AddSingleton<OperatorSweep>();
        services.AddHostedService<PresenceSweep>();
    }
}
