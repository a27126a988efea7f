using Chat.Contracts;

namespace Chat.Server.Tests;

public sealed class ErrorRegistryTests
{
    [Fact]
    public void Every_code_stands_once_in_the_registry()
    {
        var codes = ErrorCode.All.Select(e => e.Code).ToList();

        Assert.Equal(codes.Count, codes.Distinct(StringComparer.Ordinal).Count());
        Assert.All(codes, code => Assert.Equal(code, ErrorCode.Find(code)!.Code));
    }
}
