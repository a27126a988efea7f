using System.Reflection;
using System.Text.RegularExpressions;
using Chat.Client.Tests.Package;
using Chat.Contracts;
using Xunit;

namespace Chat.Client.Tests.Life;

/// <summary>The README's rule of what a name that ends in Async promises.</summary>
public sealed class AsyncRuleTests
{
    // Done when it is kept on the device.
    private static readonly HashSet<string> Kept =
    [
        "ChatClient.OpenAsync",
        "ChatClient.SendAsync",
        "ChatClient.RegisterDeviceAsync",
        "ChatClient.UnregisterDeviceAsync",
        "OperatorClient.SendAsync",
        "OperatorClient.NoteAsync",
        "ChatClientBase.EditAsync",
        "ChatClientBase.RemoveAsync",
    ];

    // Done when it has come to its end here: no answer is needed, or none is waited for without a network.
    private static readonly HashSet<string> Local =
    [
        "ChatClientBase.StopAsync",
        "ChatClientBase.DisposeAsync",
        "OperatorClient.DisposeAsync",
        "ChatClient.StartAsync",
        "OperatorClient.StartAsync",
        "ChatClient.EnterBackgroundAsync",
        "ChatClient.LogoutAsync",
        "OperatorClient.SignOutAsync",
        "ChatClient.ReceivePushAsync",
        // Of a conversation that is not held there is nothing to load.
        "ChatClientBase.LoadOlderAsync",
    ];

    private static readonly MethodInfo[] Methods =
    [
        .. new[] { typeof(ChatClientBase), typeof(ChatClient), typeof(OperatorClient) }
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(method => !method.IsSpecialName),
    ];

    [Fact]
    public void Whatever_can_be_awaited_says_so_and_nothing_else_does()
    {
        Assert.All(Methods, method => Assert.Equal(CanBeAwaited(method), method.Name.EndsWith("Async", StringComparison.Ordinal)));
        Assert.All(
            Methods.Where(method => CanBeAwaited(method) && method.Name is not ("StopAsync" or "DisposeAsync")),
            method => Assert.Equal(typeof(CancellationToken), method.GetParameters().LastOrDefault()?.ParameterType)
        );
    }

    [Fact]
    public async Task What_is_kept_needs_no_server_and_all_else_waits_for_its_answer()
    {
        await using var visitor = new ChatClient(
            new ChatClientOptions
            {
                Url = Nowhere,
                Inbox = "demo",
                HttpHandler = Silent,
            }
        );
        await using var desk = new OperatorClient(
            new OperatorClientOptions
            {
                Url = Nowhere,
                HttpHandler = Silent,
                Credentials = Anybody,
            }
        );
        var draft = await visitor.OpenAsync();
        desk.Open(Pages.Id);
        using var end = new CancellationTokenSource();

        var calls = Methods
            .Where(method => method.ReturnType.IsAssignableTo(typeof(Task)) && !Local.Contains(NameOf(method)))
            .Select(method => (Name: NameOf(method), Call: Call(method)))
            .ToList();

        Assert.Equal(Kept, calls.Where(call => Kept.Contains(call.Name)).Select(call => call.Name).ToHashSet());
        await Task.WhenAll(calls.Where(call => Kept.Contains(call.Name)).Select(call => call.Call));
        Assert.All(calls.Where(call => !Kept.Contains(call.Name)), call => Assert.False(call.Call.IsCompletedSuccessfully, call.Name));
        await end.CancelAsync();
        foreach (var (name, call) in calls.Where(call => !Kept.Contains(call.Name)))
            await Assert.ThrowsAnyAsync<Exception>(() => call);

        Task Call(MethodInfo method)
        {
            var isVisitors = method.DeclaringType != typeof(OperatorClient);
            object client = isVisitors ? visitor : desk;
            var arguments = method.GetParameters().Select(parameter => Argument(parameter, isVisitors ? draft : Pages.Id, end.Token));
            return (Task)method.Invoke(client, [.. arguments])!;
        }
    }

    [Fact]
    public void The_readme_names_those_that_are_done_when_they_are_kept()
    {
        var readme = File.ReadAllText(Workshop.InRepository("src", "Chat.Client", "README.md"));
        var row = readme.Split('\n').Single(line => line.Contains("it is kept on this device", StringComparison.Ordinal));
        var named = Regex.Matches(row.Split('|')[1], "`(?<name>[A-Za-z]+)`", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

        Assert.Equal(
            Kept.Select(name => name.Split('.')[1]).ToHashSet(StringComparer.Ordinal).Order(StringComparer.Ordinal),
            named.Select(match => match.Groups["name"].Value).Order(StringComparer.Ordinal)
        );
    }

    private static Uri Nowhere { get; } = new("http://chat.example");

    private static string NameOf(MethodInfo method) => $"{method.DeclaringType!.Name}.{method.Name}";

    private static bool CanBeAwaited(MethodInfo method) =>
        method.ReturnType.IsAssignableTo(typeof(Task))
        || method.ReturnType == typeof(ValueTask)
        || (method.ReturnType.IsGenericType && method.ReturnType.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>));

    private static Task<SignIn> Anybody(CancellationToken cancellation) =>
        Task.FromResult(new SignIn { Email = "a@b.c", Password = "secret" });

    // A server that takes calls and never answers.
    private static StubHandler Silent() => new(_ => new TaskCompletionSource<HttpResponseMessage>().Task);

    private static object? Argument(ParameterInfo parameter, ConversationId conversation, CancellationToken end) =>
        parameter switch
        {
            { ParameterType: var type } when type == typeof(CancellationToken) => end,
            { ParameterType: var type } when type == typeof(ConversationId) => conversation,
            { ParameterType: var type } when type == typeof(string) && parameter.Name == "key" => KeyOf(conversation),
            { HasDefaultValue: true } => parameter.DefaultValue,
            { ParameterType: var type } when type == typeof(string) => "text",
            { ParameterType: var type } when type == typeof(int) => 1,
            { ParameterType: var type } when type == typeof(AssignTo) => new AssignTo(),
            { ParameterType: var type } when type == typeof(SignIn) => new SignIn(),
            { ParameterType: var type } => Activator.CreateInstance(type),
        };

    // Opening has the conversation's own id as its key.
    private static string KeyOf(ConversationId conversation) => conversation.ToString();
}
