namespace Chat.Faults.Tests;

/// <summary>What an administrator does to PostgreSQL on an ordinary day ends no node.</summary>
public sealed class RefusalFaultTests(RefusingDatabase database) : IClassFixture<RefusingDatabase>
{
    private const string Role = RefusingDatabase.Role;

    [Fact]
    public Task A_changed_password_ends_no_node() =>
        database.EndureAsync(
            "28P01",
            "SnoozeLoop",
            () => database.ExecuteAsync($"ALTER ROLE {Role} PASSWORD 'second-password'"),
            () => database.ExecuteAsync($"ALTER ROLE {Role} PASSWORD '{RefusingDatabase.Password}'")
        );

    [Fact]
    public Task A_role_that_may_not_sign_in_any_more_ends_no_node() =>
        database.EndureAsync(
            "28000: role",
            "SnoozeLoop",
            () => database.ExecuteAsync($"ALTER ROLE {Role} NOLOGIN"),
            () => database.ExecuteAsync($"ALTER ROLE {Role} LOGIN")
        );

    [Fact]
    public Task A_pg_hba_that_lets_the_node_in_no_more_ends_no_node() =>
        database.EndureAsync(
            "28000: pg_hba.conf",
            "SnoozeLoop",
            () => database.AskAtTheDoorAsync("reject"),
            () => database.AskAtTheDoorAsync("scram-sha-256")
        );

    [Fact]
    public async Task An_idle_time_for_transactions_that_is_shorter_than_the_way_to_the_database_ends_no_node()
    {
        // The node's own is longer, and goes before that of the role.
        await using var own = new RefusingDatabase { Options = "-c idle_in_transaction_session_timeout=150ms" };
        await own.InitializeAsync();
        await own.EndureAsync(
            "25P03",
            "PushLoop",
            () =>
            {
                own.Proxy.Narrow(1_500);
                return Task.CompletedTask;
            },
            () =>
            {
                own.Proxy.Narrow(0);
                own.Proxy.CutAll();
                return Task.CompletedTask;
            }
        );
    }

    [Fact]
    public Task A_renamed_database_ends_no_node() =>
        database.EndureAsync(
            "3D000",
            "SnoozeLoop",
            () => RenameAsync(database.Database, "renamed"),
            () => RenameAsync("renamed", database.Database)
        );

    [Fact]
    public Task A_right_that_was_taken_away_ends_no_node() =>
        database.EndureAsync(
            "42501",
            "SnoozeLoop",
            () => database.ExecuteInDatabaseAsync($"REVOKE ALL ON conversation FROM {Role}"),
            () => database.ExecuteInDatabaseAsync($"GRANT ALL ON conversation TO {Role}")
        );

    /// <summary>Only while nobody is connected to it.</summary>
    private async Task RenameAsync(string from, string to)
    {
        database.Proxy.Refuse = true;
        await database.ExecuteAsync($"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = '{Role}'");
        await database.ExecuteAsync($"ALTER DATABASE {from} RENAME TO {to}");
        database.Proxy.Refuse = false;
    }
}
