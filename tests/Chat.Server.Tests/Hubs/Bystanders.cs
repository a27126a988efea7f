using Chat.Contracts;
using Chat.Testing.Clients;

namespace Chat.Server.Tests.Hubs;

/// <summary>A visitor and an operator with stock clients, who must not notice what others do to the node.</summary>
internal sealed class Bystanders : IAsyncDisposable
{
    private readonly ChatClient _visitor;
    private readonly ChatClient _operator;
    private readonly ConversationId _id;

    private Bystanders(ChatClient visitor, ChatClient @operator, ConversationId id) =>
        (_visitor, _operator, _id) = (visitor, @operator, id);

    public static async Task<Bystanders> StartAsync(HubScene scene)
    {
        var visitor = await scene.VisitorClientAsync();
        var @operator = scene.StaffClient(scene.Seed.Bea);
        var id = await visitor.OpenConversationAsync();
        await @operator.OpenAsync(id);
        return new Bystanders(visitor, @operator, id);
    }

    /// <summary>A question and its answer go through, on the connections that they have had from the start.</summary>
    public async Task ChatAsync()
    {
        var question = await _visitor.SendAsync(_id, "Still there?");
        await _operator.UntilAsync(() => _operator.Log(_id).Seq >= question.Event!.Seq, "the bystanding operator gets a message");
        var answer = await _operator.SendAsync(_id, "Yes.");
        await _visitor.UntilAsync(() => _visitor.Log(_id).Seq >= answer.Event!.Seq, "the bystanding visitor gets the answer");
        Assert.Equal((0, 0), (_visitor.Reconnects, _operator.Reconnects));
    }

    public async ValueTask DisposeAsync()
    {
        await _visitor.DisposeAsync();
        await _operator.DisposeAsync();
    }
}
