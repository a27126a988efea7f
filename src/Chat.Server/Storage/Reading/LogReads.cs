using Chat.Contracts;
using Dapper;

namespace Chat.Server.Storage.Reading;

/// <summary>What everybody asks at once when sockets come back: owners of conversations, and their pages. See <see cref="SharedRead{TAsk,TAnswer}"/>.</summary>
internal sealed class LogReads
{
    /// <summary>Owners in one read: far beyond where the read's own cost counts, and a moment's work for the database.</summary>
    private static readonly ReadLoad Owners = new(Capacity: 400, Heavy: 400);

    /// <summary>Pages in one read: as many of one page have 7 MB at most. Asks for more than a few are heavy; of each there are 256 KB.</summary>
    private static readonly ReadLoad Pages = new(Capacity: 128, Heavy: 8);

    private readonly IDatabase _database;
    private readonly LogSql _sql;
    private readonly SharedRead<OwnersAsk, IReadOnlyList<ConversationOwner>> _owners;
    private readonly SharedRead<OwnedAsk, IReadOnlyList<ConversationOwner>> _owned;
    private readonly SharedRead<PagesAsk, IReadOnlyList<ConversationPage>> _pages;

    public LogReads(IDatabase database, LogSql sql)
    {
        (_database, _sql) = (database, sql);
        var pages = new LogPages(sql);
        _owners = new(ReadOwnersAsync, ask => ask.Reader, ask => ask.Ids.Count, Owners);
        _owned = new(ReadOwnedAsync, ask => ask.Visitor.Value, _ => 1, Owners);
        _pages = new(
            asks => database.ReadAsync(c => pages.ReadAsync(c, asks, default), default),
            ask => ask.Reader,
            ask => ask.Cursors.Count,
            Pages
        );
    }

    public Task<IReadOnlyList<ConversationOwner>> OwnersAsync(
        IReadOnlyCollection<ConversationId> ids,
        Guid reader,
        CancellationToken cancellation
    ) => _owners.AskAsync(new OwnersAsk(reader, ids), cancellation);

    public Task<IReadOnlyList<ConversationOwner>> OwnedAsync(VisitorId visitor, int limit, CancellationToken cancellation) =>
        _owned.AskAsync(new OwnedAsk(visitor, limit), cancellation);

    public Task<IReadOnlyList<ConversationPage>> PagesAsync(PagesAsk ask, CancellationToken cancellation) =>
        _pages.AskAsync(ask, cancellation);

    private async Task<IReadOnlyList<IReadOnlyList<ConversationOwner>>> ReadOwnersAsync(IReadOnlyList<OwnersAsk> asks)
    {
        var ids = _sql.Dialect.Ids(asks.SelectMany(ask => ask.Ids).Select(id => id.Value).Distinct());
        var found = (await QueryAsync(_sql.Owners, new { ids })).ToDictionary(owner => owner.Id);
        return
        [
            .. asks.Select(ask =>
                (IReadOnlyList<ConversationOwner>)[.. ask.Ids.Select(found.GetValueOrDefault).OfType<ConversationOwner>()]
            ),
        ];
    }

    private async Task<IReadOnlyList<IReadOnlyList<ConversationOwner>>> ReadOwnedAsync(IReadOnlyList<OwnedAsk> asks)
    {
        var ids = _sql.Dialect.Ids(asks.Select(ask => ask.Visitor.Value).Distinct());
        var found = (await QueryAsync(_sql.OfVisitors, new { ids, limit = asks.Max(ask => ask.Limit) })).ToLookup(owner => owner.VisitorId);
        return [.. asks.Select(ask => (IReadOnlyList<ConversationOwner>)[.. found[ask.Visitor].Take(ask.Limit)])];
    }

    private Task<IEnumerable<ConversationOwner>> QueryAsync(string sql, object parameters) =>
        _database.ReadAsync(
            async connection =>
                (await connection.QueryAsync<ConversationRow>(sql, parameters)).Select(row => new ConversationOwner(
                    row.Id,
                    row.InboxId,
                    row.VisitorId
                )),
            CancellationToken.None
        );

    private readonly record struct OwnersAsk(Guid Reader, IReadOnlyCollection<ConversationId> Ids);

    private readonly record struct OwnedAsk(VisitorId Visitor, int Limit);
}
