namespace Chat.Conformance;

/// <summary>How long a client has. Generous: a wait ends early when what is waited for is there, and only clients that fail use it up.</summary>
internal static class Patience
{
    /// <summary>To hold all that is stored, whatever the network was like.</summary>
    public static TimeSpan ToSettle { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>To show something, or to make a call.</summary>
    public static TimeSpan ToShow { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>More than an access token lives.</summary>
    public static TimeSpan ToExpire { get; } = TimeSpan.FromMinutes(2);
}
