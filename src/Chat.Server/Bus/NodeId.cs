namespace Chat.Server.Bus;

/// <summary>This process among the nodes: new at every start, so that nothing left over from an earlier one is taken for its own.</summary>
internal sealed record NodeId(Guid Value)
{
    public static NodeId New() => new(Guid.CreateVersion7());

    public override string ToString() => Value.ToString("N");
}
