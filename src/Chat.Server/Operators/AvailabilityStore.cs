using Chat.Contracts;
using Chat.Server.Storage;
using Dapper;

namespace Chat.Server.Operators;

/// <summary>Whether operators take conversations, how many, and how many they have.</summary>
internal sealed class AvailabilityStore(IDatabase database)
{
    /// <summary>No capacity leaves it. Null for an unknown operator; else what holds now.</summary>
    public async Task<AvailabilityRow?> SetAsync(OperatorId id, Availability availability, int? capacity, CancellationToken cancellation)
    {
        var parameters = new
        {
            id,
            availability = (short)availability,
            capacity,
        };
        return await database.WriteAsync(
            transaction =>
                transaction.Connection!.QuerySingleOrDefaultAsync<AvailabilityRow>(
                    """
                    UPDATE operator SET availability = @availability, capacity = COALESCE(@capacity, capacity)
                    WHERE id = @id RETURNING id, availability AS number, capacity
                    """,
                    parameters,
                    transaction
                ),
            cancellation
        );
    }

    /// <summary>Unknown operators are left out.</summary>
    public Task<IReadOnlyList<AvailabilityRow>> ReadAsync(IReadOnlyCollection<Guid> operators, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<AvailabilityRow>>(
            async connection =>
                (
                    await connection.QueryAsync<AvailabilityRow>(
                        $"SELECT id, availability AS number, capacity FROM operator WHERE {database.Dialect.Among("id", "ids")}",
                        new { ids = database.Dialect.Ids(operators) }
                    )
                ).AsList(),
            cancellation
        );

    /// <summary>How many open conversations of these inboxes each operator has; those with none are left out.</summary>
    public Task<IReadOnlyDictionary<OperatorId, int>> ReadLoadAsync(IReadOnlyCollection<InboxId> inboxes, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyDictionary<OperatorId, int>>(
            async connection =>
            {
                var rows = await connection.QueryAsync<LoadRow>(
                    $"""
                    SELECT assignee AS id, CAST(count(*) AS integer) AS open FROM conversation
                    WHERE {database.Dialect.Among(
                        "inbox_id",
                        "ids"
                    )} AND status = 1 AND status <> 3 AND assignee IS NOT NULL GROUP BY assignee
                    """,
                    new { ids = database.Dialect.Ids(inboxes.Select(inbox => inbox.Value)) }
                );
                return rows.ToDictionary(row => row.Id, row => row.Open);
            },
            cancellation
        );

    /// <summary>What he answers now or will again: his open and snoozed conversations.</summary>
    public Task<IReadOnlyList<ConversationId>> ReadAssignedAsync(
        OperatorId id,
        IReadOnlyCollection<InboxId> inboxes,
        CancellationToken cancellation
    ) =>
        database.ReadAsync<IReadOnlyList<ConversationId>>(
            async connection =>
                (
                    await connection.QueryAsync<ConversationId>(
                        $"SELECT id FROM conversation WHERE {database.Dialect.Among("inbox_id", "inboxes")} AND status <> 3 AND assignee = @id",
                        new { id, inboxes = database.Dialect.Ids(inboxes.Select(inbox => inbox.Value)) }
                    )
                ).AsList(),
            cancellation
        );

    /// <summary>Who has these conversations; those that nobody has are left out.</summary>
    public Task<IReadOnlyList<(ConversationId Id, OperatorFace Assignee)>> ReadAssigneesAsync(
        IReadOnlyCollection<ConversationId> conversations,
        CancellationToken cancellation
    ) =>
        database.ReadAsync<IReadOnlyList<(ConversationId, OperatorFace)>>(
            async connection =>
            {
                var rows = await connection.QueryAsync<AssigneeRow>(
                    $"""
                    SELECT c.id, o.id AS assignee, o.name FROM conversation c JOIN operator o ON o.id = c.assignee
                    WHERE {database.Dialect.Among("c.id", "ids")}
                    """,
                    new { ids = database.Dialect.Ids(conversations.Select(id => id.Value)) }
                );
                return [.. rows.Select(row => (row.Id, new OperatorFace(row.Assignee, row.Name)))];
            },
            cancellation
        );

    private sealed class AssigneeRow
    {
        public ConversationId Id { get; init; }

        public OperatorId Assignee { get; init; }

        public string Name { get; init; } = "";
    }

    private sealed class LoadRow
    {
        public OperatorId Id { get; init; }

        public int Open { get; init; }
    }
}

/// <summary>An operator's availability as it is stored.</summary>
internal sealed record AvailabilityRow
{
    public OperatorId Id { get; init; }

    public short Number { get; init; }

    public int Capacity { get; init; }

    public Availability Availability => (Availability)Number;
}
