using System.Text.Json;
using Chat.Driver;

// The .NET SDK behind the driver protocol of tests/Chat.Conformance/README.md: one order a line on stdin, one answer a line on stdout, in any order.
using var output = new SemaphoreSlim(1);
await using var visitor = new Visitor();
while (await Console.In.ReadLineAsync() is { } line)
{
    var order = JsonSerializer.Deserialize<Order>(line, JsonSerializerOptions.Web)!;
    _ = AnswerAsync(order);
}

async Task AnswerAsync(Order order)
{
    object answer;
    try
    {
        answer = new { order.Id, Result = await visitor.DoAsync(order) };
    }
    catch (Exception e)
    {
        answer = new { order.Id, Error = e.ToString() };
    }
    await output.WaitAsync();
    await Console.Out.WriteLineAsync(JsonSerializer.Serialize(answer, JsonSerializerOptions.Web));
    output.Release();
}
