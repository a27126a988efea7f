using System.Text;

namespace Chat.Server.Tests.Hubs;

/// <summary>Bodies of requests as a broken or hostile client writes them: what is right with something wrong in it.</summary>
internal sealed class BadBodies(Random random, Guid conversation)
{
    private static readonly string[] Values =
    [
        "null",
        "true",
        "-1",
        "1e999",
        "99999999999999999999",
        "0.5",
        "[]",
        "{}",
        "[null]",
        "\"\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"\\u202e\\u001b[31m\"",
        "\"../../etc/passwd\"",
        "\"' OR 1=1 --\"",
        "\"2026-13-45T99:99:99Z\"",
        "\"00000000-0000-0000-0000-000000000000\"",
    ];

    private static readonly string[] Types =
    [
        "application/json",
        "application/json; charset=utf-16",
        "application/json; charset=nonsense",
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
    ];

    private readonly (string Method, string Path, string Body)[] _calls = Calls(conversation);

    public (HttpMethod Method, string Path, HttpContent Content) Next()
    {
        var (method, path, right) = _calls[random.Next(_calls.Length)];
        var bytes = Spoil(right);
        var content = new ByteArrayContent(bytes);
        var type = random.Next(4) == 0 ? Types[random.Next(Types.Length)] : Types[0];
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return (new HttpMethod(method), path, content);
    }

    private static (string, string, string)[] Calls(Guid conversation)
    {
        var (id, path) = (Guid.NewGuid(), $"conversations/{conversation}");
        return
        [
            ("POST", "visitor/session", $$"""{"inbox":"shop","deviceId":"{{id}}","locale":"en"}"""),
            ("POST", "visitor/logout", """{"refreshToken":"x"}"""),
            ("POST", "operator/session", """{"email":"nobody@support.example","password":"wrong"}"""),
            ("POST", "conversations", $$"""{"clientId":"{{id}}","topic":"T","fields":{"order":"17"},"page":"https://shop.example/"}"""),
            ("POST", "sync", $$"""{"cursors":[{"conversationId":"{{conversation}}","epoch":1,"seq":1}]}"""),
            ("POST", $"{path}/events", $$"""{"conversationId":"{{conversation}}","clientId":"{{id}}","body":"x","replyTo":1}"""),
            ("POST", $"{path}/edits", $$"""{"conversationId":"{{conversation}}","clientId":"{{id}}","seq":2,"body":"x"}"""),
            ("POST", $"{path}/deletions", $$"""{"conversationId":"{{conversation}}","clientId":"{{id}}","seq":2}"""),
            ("POST", $"{path}/read", $$"""{"conversationId":"{{conversation}}","seq":2}"""),
            ("POST", $"{path}/delivered", $$"""{"conversationId":"{{conversation}}","seq":2}"""),
            ("POST", $"{path}/typing", $$"""{"conversationId":"{{conversation}}","preview":"x"}"""),
            ("POST", $"{path}/rating", $$"""{"conversationId":"{{conversation}}","clientId":"{{id}}","score":5,"comment":"x"}"""),
            ("POST", $"{path}/tags", $$"""{"conversationId":"{{conversation}}","clientId":"{{id}}","add":["x"]}"""),
            ("PUT", "me/availability", """{"availability":"online","capacity":3}"""),
            ("PUT", $"me/devices/{id}", """{"platform":"fcm","token":"x"}"""),
            ("POST", "canned-replies", """{"shortcut":"x","title":"x","body":"x","shared":false}"""),
            ("POST", "admin/inboxes", """{"name":"x","key":"x","origins":[]}"""),
            ("POST", "admin/operators", """{"email":"x@y.example","name":"x","role":"operator"}"""),
            ("POST", "no/such/route", """{"x":1}"""),
        ];
    }

    private byte[] Spoil(string right)
    {
        var bytes = Encoding.UTF8.GetBytes(right);
        switch (random.Next(9))
        {
            case 0:
                return bytes[..random.Next(bytes.Length)];
            case 1:
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                return bytes;
            case 2:
                random.NextBytes(bytes);
                return bytes;
            case 3:
                return [.. bytes, .. bytes];
            case 4:
                return Encoding.UTF8.GetBytes(new string('[', random.Next(1, 2_000)) + right);
            case 5:
                return [0xEF, 0xBB, 0xBF, .. bytes];
            case 6:
                return Encoding.Unicode.GetBytes(right);
            case 7:
                return Encoding.UTF8.GetBytes(right[..^1] + $",\"x\":\"{new string('y', random.Next(20_000))}\"}}");
            default:
                return Encoding.UTF8.GetBytes(WithOtherValue(right));
        }
    }

    private string WithOtherValue(string right)
    {
        var colons = Enumerable.Range(0, right.Length).Where(i => right[i] == ':' && right[i - 1] == '"').ToArray();
        var from = colons[random.Next(colons.Length)] + 1;
        var to = right.IndexOfAny([',', '}'], from);
        return right[..from] + Values[random.Next(Values.Length)] + right[to..];
    }
}
