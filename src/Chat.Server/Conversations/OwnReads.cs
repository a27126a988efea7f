using Chat.Contracts;
using Chat.Server.Storage;

namespace Chat.Server.Conversations;

/// <summary>How far an operator has read, put into the rows that he is given.</summary>
internal sealed class OwnReads(IEventLog log)
{
    public async Task<IReadOnlyList<InboxRow>> AddAsync(OperatorId reader, IReadOnlyList<InboxRow> rows, CancellationToken cancellation)
    {
        if (rows.Count == 0)
            return rows;
        var heads = (await log.ReadHeadsAsync([.. rows.Select(row => row.ConversationId)], cancellation)).Heads;
        var readSeqs = heads.ToDictionary(head => head.Id, head => head.Cursors.FirstOrDefault(c => c.OperatorId == reader)?.ReadSeq);
        return [.. rows.Select(row => row with { ReadSeq = readSeqs.GetValueOrDefault(row.ConversationId) })];
    }
}
