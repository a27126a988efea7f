namespace Chat.Server.Devices;

/// <summary>A push that an attempt is due for, as it was when it was taken.</summary>
internal sealed class DuePush
{
    public Guid VisitorId { get; init; }

    public Guid DeviceId { get; init; }

    public Guid ConversationId { get; init; }

    public int Seq { get; init; }

    public DateTimeOffset FirstAt { get; init; }

    public int Attempts { get; init; }

    /// <summary>The same for all attempts to tell of this message, and of no other.</summary>
    public string IdOf(PushText text) => $"push_{DeviceId:N}_{ConversationId:N}_{text.Seq}";
}

/// <summary>What a push says, as the conversation stands now.</summary>
internal sealed class PushText
{
    public required string Platform { get; init; }

    public required string Token { get; init; }

    public int Seq { get; init; }

    public required string Body { get; init; }

    public string? ActorName { get; init; }

    public int Unread { get; init; }
}

/// <summary>A push that has been given up.</summary>
internal sealed class DeadPush
{
    public Guid DeviceId { get; init; }

    public Guid ConversationId { get; init; }

    public int Seq { get; init; }

    public int Attempts { get; init; }

    public DateTimeOffset DeadAt { get; init; }

    public string? Error { get; init; }
}
