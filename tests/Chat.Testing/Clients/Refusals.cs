namespace Chat.Testing.Clients;

/// <summary>Refusals of hubs as clients get them.</summary>
internal static class Refusals
{
    /// <summary>A refusal ends in its code.</summary>
    public static string Code(Exception refusal) => refusal.Message.Split(' ')[^1];
}
