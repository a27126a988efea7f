using Chat.Server.Storage;
using Chat.Server.Storage.Postgres;
using Npgsql;

namespace Chat.Server.Tests.Storage.Postgres;

/// <summary>Which failures mean "make the identical call again".</summary>
public sealed class ErrorTests
{
    [Theory]
    [InlineData("40001", true)]
    [InlineData("40P01", true)]
    [InlineData("57P01", true)]
    [InlineData("08006", true)]
    [InlineData("53300", true)]
    [InlineData("25006", true)]
    [InlineData("28P01", true)]
    [InlineData("28000", true)]
    [InlineData("25P03", true)]
    [InlineData("25P04", true)]
    [InlineData("3D000", true)]
    [InlineData("42501", true)]
    [InlineData("F0000", true)]
    [InlineData("23505", false)]
    [InlineData("23514", false)]
    [InlineData("42703", false)]
    [InlineData("22021", false)]
    [InlineData("42P01", false)]
    public void A_refusal_of_the_server_is_the_weather_or_ours_by_its_state(string state, bool isWeather)
    {
        Assert.Equal(isWeather, PostgresErrors.IsUnavailable(new PostgresException("", "ERROR", "ERROR", state)));
    }

    [Theory]
    [InlineData("28P01", "Storage:ConnectionString has the user and the password")]
    [InlineData("3D000", "Storage:ConnectionString names the database")]
    [InlineData("42501", "needs its rights")]
    [InlineData("25P03", "idle_in_transaction_session_timeout")]
    public void What_an_administrator_has_to_mend_says_what_to_do(string state, string advice)
    {
        var refusal = new PostgresException("said the server", "FATAL", "FATAL", state);

        var alone = Assert.IsType<StoreRefusedException>(PostgresErrors.ToUnavailable(refusal));
        // Of several hosts.
        var among = Assert.IsType<StoreRefusedException>(
            PostgresErrors.ToUnavailable(new NpgsqlException("No suitable host", new AggregateException(new TimeoutException(), refusal)))
        );

        Assert.All([alone, among], e => Assert.Contains("said the server", e.Message, StringComparison.Ordinal));
        Assert.All([alone, among], e => Assert.Contains(advice, e.Message, StringComparison.Ordinal));
        Assert.IsType<StoreUnavailableException>(PostgresErrors.ToUnavailable(new PostgresException("", "ERROR", "ERROR", "57P01")));
    }

    [Fact]
    public void A_driver_that_broke_under_a_dying_connection_is_the_weather_and_the_same_in_our_code_a_bug()
    {
        Assert.True(PostgresErrors.IsUnavailable(new NullReferenceException { Source = "Npgsql" }));
        Assert.True(PostgresErrors.IsUnavailable(new InvalidOperationException { Source = "Npgsql" }));
        Assert.False(PostgresErrors.IsUnavailable(new NullReferenceException { Source = "Chat.Server" }));
        Assert.False(PostgresErrors.IsUnavailable(new InvalidOperationException { Source = "Chat.Server" }));
    }
}
