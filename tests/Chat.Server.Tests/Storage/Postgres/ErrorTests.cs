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
    [InlineData("23505", false)]
    [InlineData("22021", false)]
    [InlineData("42P01", false)]
    public void A_refusal_of_the_server_is_the_weather_or_ours_by_its_state(string state, bool isWeather)
    {
        Assert.Equal(isWeather, PostgresErrors.IsUnavailable(new PostgresException("", "ERROR", "ERROR", state)));
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
