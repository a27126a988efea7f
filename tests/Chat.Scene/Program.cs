using System.Text.Json;
using Chat.Scene;
using Chat.Testing.Services;

// Real servers for tests that are not written in C#. One JSON object a line: the scene first says where it is, then answers each order on stdin with
// one line. It ends with stdin, and takes all that it started with it.
//   dotnet Chat.Scene.dll embedded | oidc | cluster
var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
await using IScene scene = args switch
{
    ["cluster"] => await ClusterScene.StartAsync(),
    ["oidc"] => await EmbeddedScene.StartAsync(await IdentityProvider.StartAsync()),
    _ => await EmbeddedScene.StartAsync(),
};
Write(scene.Describe());
while (await Console.In.ReadLineAsync() is { } line)
{
    try
    {
        Write(await scene.DoAsync(JsonSerializer.Deserialize<Order>(line, options)!) ?? new { });
    }
    catch (Exception e)
    {
        Write(new { error = e.Message });
    }
}

void Write(object answer) => Console.WriteLine(JsonSerializer.Serialize(answer, options));
