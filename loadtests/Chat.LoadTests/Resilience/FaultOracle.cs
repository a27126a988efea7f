using Chat.LoadTests.Systems;

namespace Chat.LoadTests.Resilience;

/// <summary>Messages after a fault: acknowledged ones are to be stored once, stored ones to be with their receivers.</summary>
internal sealed record FaultOracle(long Stored, long Lost, long Doubled)
{
    public static async Task<FaultOracle> AskAsync(IBreakable system, IReadOnlyList<Talk> talks, CancellationToken cancellation)
    {
        var counts = await system.CountAsync(cancellation);
        var (all, lost, doubled) = (0L, 0L, 0L);
        foreach (var talk in talks)
        {
            var stored = counts.GetValueOrDefault(talk.Id);
            if (stored.Events != stored.LastSeq)
                throw new InvalidOperationException($"{talk.Id} has {stored.Events} events up to {stored.LastSeq}.");
            all += stored.Messages;
            lost += Math.Max(0, talk.Acknowledged - stored.Different) + Math.Max(0, stored.Different - talk.Delivered);
            doubled += stored.Messages - stored.Different;
        }
        return new FaultOracle(all, lost, doubled);
    }
}
