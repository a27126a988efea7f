using System.Text.Json;
using Chat.Driver;

// The .NET SDK behind the driver protocol of tests/Chat.Conformance/README.md: one order a line on stdin, one answer a line on stdout, in any order.
using var output = new SemaphoreSlim(1);
IDriven? client = null;
while (await Console.In.ReadLineAsync() is { } line)
{
    var order = JsonSerializer.Deserialize<Order>(line, JsonSerializerOptions.Web)!;
    client ??= order.Role == "operator" ? new Operator() : new Visitor();
    _ = AnswerAsync(client, order);
}
if (client is not null)
    await client.DisposeAsync();

async Task AnswerAsync(IDriven driven, Order order)
{
    object answer;
    try
    {
        answer = new { order.Id, Result = await driven.DoAsync(order) };
    }
    catch (NotSupportedException)
    {
        answer = new { order.Id, Error = "unknown" };
    }
    catch (Exception e)
    {
        answer = new { order.Id, Error = e.ToString() };
    }
    await output.WaitAsync();
    await Console.Out.WriteLineAsync(JsonSerializer.Serialize(answer, JsonSerializerOptions.Web));
    output.Release();
}
