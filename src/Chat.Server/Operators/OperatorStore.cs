using System.Data.Common;
using Chat.Contracts;
using Chat.Server.Messages;
using Chat.Server.Storage;
using Dapper;

namespace Chat.Server.Operators;

/// <summary>Operators and their credentials.</summary>
internal sealed class OperatorStore(IDatabase database, TimeProvider time)
{
    /// <summary>The longest address that mail can carry.</summary>
    public const int EmailLength = 254;

    private const string Account = """
        SELECT o.id, o.email, o.name, o.avatar, o.role AS role_number, o.disabled,
            c.password_hash, c.must_change, c.failed_count,
            c.locked_until, c.security_stamp
        FROM operator o JOIN operator_credential c ON c.operator_id = o.id
        """;

    /// <summary>E-mail addresses as accounts are found by them: one account however letters and their marks are written.</summary>
    public static string NormalizeEmail(string email) => OneLine.Clean(email).ToLowerInvariant();

    /// <summary>Null when the e-mail is taken. Without a hash he signs in with OpenID Connect only.</summary>
    public Task<OperatorId?> AddAsync(NewOperator added, CancellationToken cancellation) =>
        database.WriteAsync<OperatorId?>(
            async transaction =>
            {
                var id = Guid.CreateVersion7(time.GetUtcNow());
                var row = new
                {
                    id,
                    email = NormalizeEmail(added.Email),
                    name = added.Name,
                    role = (short)added.Role,
                    hash = added.PasswordHash,
                    mustChange = added.MustChange,
                    stamp = Guid.NewGuid(),
                    // Who signs in for the first time is there to answer; until then nobody takes him for connected.
                    availability = (short)Availability.Online,
                    now = time.GetUtcNow(),
                };
                var connection = transaction.Connection!;
                var inserted = await connection.ExecuteAsync(
                    """
                    INSERT INTO operator (id, email, name, role, disabled, availability, created_at)
                    VALUES (@id, @email, @name, @role, FALSE, @availability, @now) ON CONFLICT DO NOTHING
                    """,
                    row,
                    transaction
                );
                if (inserted == 0)
                    return null;
                await connection.ExecuteAsync(
                    """
                    INSERT INTO operator_credential (operator_id, password_hash, must_change, security_stamp)
                    VALUES (@id, @hash, @mustChange, @stamp)
                    """,
                    row,
                    transaction
                );
                return new OperatorId(id);
            },
            cancellation
        );

    public Task<IReadOnlyList<OperatorAccount>> ListAsync(CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<OperatorAccount>>(
            async connection => (await connection.QueryAsync<OperatorAccount>($"{Account} ORDER BY o.id")).AsList(),
            cancellation
        );

    public Task<IReadOnlyList<(OperatorId Operator, InboxId Inbox)>> ListMembershipsAsync(CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<(OperatorId, InboxId)>>(
            async connection =>
            {
                var rows = await connection.QueryAsync<MemberRow>(
                    "SELECT operator_id, inbox_id FROM inbox_member ORDER BY operator_id, inbox_id"
                );
                return [.. rows.Select(row => (new OperatorId(row.OperatorId), new InboxId(row.InboxId)))];
            },
            cancellation
        );

    public Task<OperatorAccount?> FindAsync(OperatorId id, CancellationToken cancellation) =>
        database.ReadAsync(
            connection => connection.QuerySingleOrDefaultAsync<OperatorAccount>($"{Account} WHERE o.id = @id", new { id = id.Value }),
            cancellation
        );

    public Task<OperatorAccount?> FindByEmailAsync(string email, CancellationToken cancellation) =>
        database.ReadAsync(
            connection =>
                connection.QuerySingleOrDefaultAsync<OperatorAccount>(
                    $"{Account} WHERE o.email = @email",
                    new { email = NormalizeEmail(email) }
                ),
            cancellation
        );

    /// <summary>
    /// Counts a try at the password before it is checked, so that tries made at once are all counted; <paramref name="lockFor"/> says for how long the
    /// so-many-th wrong one locks the account. Returns the account as it was before: a locked one is not counted further.
    /// </summary>
    public Task<OperatorAccount?> CountTryAsync(string email, Func<int, TimeSpan> lockFor, CancellationToken cancellation) =>
        database.WriteAsync(
            async transaction =>
            {
                var connection = transaction.Connection!;
                var now = time.GetUtcNow();
                var account = await connection.QuerySingleOrDefaultAsync<OperatorAccount>(
                    $"{Account} WHERE o.email = @email{database.Dialect.ForUpdate}",
                    new { email = NormalizeEmail(email) },
                    transaction
                );
                if (account is null)
                    return null;
                if (account.LockedUntil > now)
                    return account with { IsLocked = true };
                var failed = account.FailedCount + 1;
                var pause = lockFor(failed);
                await connection.ExecuteAsync(
                    "UPDATE operator_credential SET failed_count = @failed, locked_until = @lockedUntil WHERE operator_id = @id",
                    new
                    {
                        id = account.Id,
                        failed,
                        lockedUntil = pause > TimeSpan.Zero ? now + pause : (DateTimeOffset?)null,
                    },
                    transaction
                );
                return account;
            },
            cancellation
        );

    /// <summary>The password was right.</summary>
    public Task ForgetTriesAsync(OperatorId id, CancellationToken cancellation) =>
        ExecuteAsync(
            "UPDATE operator_credential SET failed_count = 0, locked_until = NULL WHERE operator_id = @id",
            new { id = id.Value },
            cancellation
        );

    /// <summary>
    /// Replaces the hash that was verified; every session ends. False when another change was faster.
    /// </summary>
    public async Task<bool> SetPasswordAsync(OperatorAccount account, string hash, Guid newStamp, CancellationToken cancellation) =>
        await ExecuteAsync(
            """
            UPDATE operator_credential
            SET password_hash = @hash, must_change = FALSE, failed_count = 0, locked_until = NULL, security_stamp = @newStamp
            WHERE operator_id = @id AND security_stamp = @oldStamp
            """,
            new
            {
                id = account.Id,
                hash,
                newStamp,
                oldStamp = account.SecurityStamp,
            },
            cancellation
        ) == 1;

    /// <summary>A generated password, to be changed at the next sign-in; every session ends. False when there is no such operator.</summary>
    public async Task<bool> ResetPasswordAsync(OperatorId id, string hash, CancellationToken cancellation) =>
        await ExecuteAsync(
            """
            UPDATE operator_credential
            SET password_hash = @hash, must_change = TRUE, failed_count = 0, locked_until = NULL, security_stamp = @stamp
            WHERE operator_id = @id
            """,
            new
            {
                id = id.Value,
                hash,
                stamp = Guid.NewGuid(),
            },
            cancellation
        ) == 1;

    /// <summary>
    /// Changes what is given, of the account as it is under its lock; a new role and disabling end the operator's sessions. Whoever changes it must be an admin then:
    /// of two who demote each other at once, one is refused.
    /// </summary>
    /// <param name="id">Whose account.</param>
    /// <param name="by">Who changes it.</param>
    /// <param name="change">What is to be changed.</param>
    /// <param name="cancellation">Of the caller.</param>
    public Task<Outcome<OperatorAccount>> ChangeAsync(OperatorId id, OperatorId by, AccountChange change, CancellationToken cancellation) =>
        database.WriteAsync<Outcome<OperatorAccount>>(
            async transaction =>
            {
                // One order of the locks for everybody.
                var accounts = await transaction.Connection!.QueryAsync<OperatorAccount>(
                    $"{Account} WHERE o.id IN (@id, @by) ORDER BY o.id{database.Dialect.ForUpdate}",
                    new { id = id.Value, by = by.Value },
                    transaction
                );
                var known = accounts.ToDictionary(account => account.OperatorId);
                if (!known.TryGetValue(by, out var admin) || admin.Disabled || admin.Role != OperatorRole.Admin)
                    return ErrorCode.Unauthenticated;
                if (!known.TryGetValue(id, out var account))
                    return ErrorCode.NotFound;
                var changed = change.Of(account);
                await UpdateAsync(transaction, changed);
                if ((changed.Role, changed.Disabled) != (account.Role, account.Disabled))
                    await RestampAsync(transaction, id);
                return changed;
            },
            cancellation
        );

    /// <summary>Keeps an operator from signing in, or lets them again; their sessions end. False when there is no such operator.</summary>
    public Task<bool> SetDisabledAsync(OperatorId id, bool disabled, CancellationToken cancellation) =>
        database.WriteAsync(
            async transaction =>
            {
                var row = new { id = id.Value, disabled };
                if (
                    await transaction.Connection!.ExecuteAsync("UPDATE operator SET disabled = @disabled WHERE id = @id", row, transaction)
                    == 0
                )
                    return false;
                await RestampAsync(transaction, id);
                return true;
            },
            cancellation
        );

    /// <summary>The operator that an issuer knows by this subject.</summary>
    public Task<OperatorAccount?> FindBySubjectAsync(string issuer, string subject, CancellationToken cancellation) =>
        database.ReadAsync(
            connection =>
                connection.QuerySingleOrDefaultAsync<OperatorAccount>(
                    $"{Account} JOIN operator_subject s ON s.operator_id = o.id WHERE s.issuer = @issuer AND s.subject = @subject",
                    new { issuer, subject }
                ),
            cancellation
        );

    /// <summary>False when the operator has another subject at this issuer, or another operator has this one.</summary>
    public async Task<bool> BindSubjectAsync(OperatorId id, string issuer, string subject, CancellationToken cancellation) =>
        await ExecuteAsync(
            "INSERT INTO operator_subject (issuer, subject, operator_id) VALUES (@issuer, @subject, @id) ON CONFLICT DO NOTHING",
            new
            {
                issuer,
                subject,
                id = id.Value,
            },
            cancellation
        ) == 1;

    private static Task<int> UpdateAsync(DbTransaction transaction, OperatorAccount account) =>
        transaction.Connection!.ExecuteAsync(
            "UPDATE operator SET name = @Name, avatar = @Avatar, role = @RoleNumber, disabled = @Disabled WHERE id = @Id",
            account,
            transaction
        );

    private static Task<int> RestampAsync(DbTransaction transaction, OperatorId id) =>
        transaction.Connection!.ExecuteAsync(
            "UPDATE operator_credential SET security_stamp = @stamp WHERE operator_id = @id",
            new { id = id.Value, stamp = Guid.NewGuid() },
            transaction
        );

    private Task<int> ExecuteAsync(string sql, object parameters, CancellationToken cancellation) =>
        database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(sql, parameters, transaction), cancellation);

    private sealed class MemberRow
    {
        public Guid OperatorId { get; init; }

        public Guid InboxId { get; init; }
    }
}

/// <summary>An operator to add.</summary>
internal sealed record NewOperator(string Email, string Name, OperatorRole Role, string? PasswordHash, bool MustChange);
