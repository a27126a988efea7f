using System.Security.Cryptography;
using Chat.Contracts;
using Xunit;

namespace Chat.Client.Tests;

/// <summary>One device, one storage, and somebody else.</summary>
public sealed class AccountTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chat-account-").FullName;
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_one_identified_visitor_left_unsent_is_gone_for_the_next()
    {
        await using (var model = await LoadAsync(Side.Visitor))
        {
            await model.Account.SetSessionAsync(Identified());
            await WriteAsync(model);

            await model.Account.SetSessionAsync(Identified());

            Assert.Empty(model.Outbox.Waiting());
            Assert.Empty(model.Conversations.Value);
        }
        await using var next = await LoadAsync(Side.Visitor);
        Assert.Empty(next.Outbox.Waiting());
        Assert.Empty(next.Conversations.Value);
    }

    [Fact]
    public async Task Who_was_anonymous_takes_it_along()
    {
        await using var model = await LoadAsync(Side.Visitor);
        await model.Account.SetSessionAsync(Identified() with { Identified = false });
        await WriteAsync(model);

        await model.Account.SetSessionAsync(Identified());

        Assert.Equal([Pages.Id], model.Outbox.Waiting());
    }

    [Fact]
    public async Task What_one_operator_left_unsent_and_had_read_is_gone_for_the_next()
    {
        var (anna, bea) = (Operator(), Operator());
        await using (var model = await LoadAsync(Side.Operator))
        {
            Assert.True(model.Account.SetMe(anna));
            await WriteAsync(model);
        }
        await using (var model = await LoadAsync(Side.Operator))
        {
            Assert.True(model.Account.SetMe(anna));
            Assert.Equal([Pages.Id], model.Outbox.Waiting());

            Assert.False(model.Account.SetMe(bea));

            Assert.Empty(model.Outbox.Waiting());
            Assert.Empty(model.Conversations.Value);
            Assert.True(model.Account.SetMe(bea));
        }
        await using var next = await LoadAsync(Side.Operator);
        Assert.True(next.Account.SetMe(bea));
        Assert.Empty(next.Outbox.Waiting());
        Assert.Empty(next.Conversations.Value);
    }

    [Fact]
    public async Task What_is_written_between_the_start_and_the_first_session_is_of_the_operator_of_that_session()
    {
        await using (var model = await LoadAsync(Side.Operator))
        {
            model.Account.SetMe(Operator());
            await WriteAsync(model);
        }
        await using (var model = await LoadAsync(Side.Operator))
        {
            await model.Outbox.Intake.AddAsync(
                OutboxItem.New(Pages.Id, ChangeKind.Send) with
                {
                    Body = "Bea's words",
                },
                CancellationToken.None
            );

            Assert.False(model.Account.SetMe(Operator()));

            Assert.Equal(["Bea's words"], model.Conversations.Value[Pages.Id].Items.Select(item => item.Body));
        }
        await using var next = await LoadAsync(Side.Operator);
        Assert.Equal(["Bea's words"], next.Conversations.Value[Pages.Id].Items.Select(item => item.Body));
        Assert.Equal("Bea's words", next.Outbox.Next(Pages.Id)!.Body);
    }

    [Fact]
    public async Task What_was_asked_for_before_a_logout_is_not_taken_after_it()
    {
        await using var model = await LoadAsync(Side.Visitor);
        var life = model.Life;
        await model.WipeAsync();

        Assert.False(model.Apply(Pages.After(0, Pages.Head), life));

        Assert.Empty(model.Conversations.Value);
    }

    private static SavedSession Identified() => new(new VisitorId(Guid.CreateVersion7()), $"refresh {Guid.NewGuid()}", Identified: true);

    private static Me Operator() => new(ActorKind.Operator, Guid.CreateVersion7(), "Anna", OperatorRole.Operator, []);

    private static async Task WriteAsync(ChatModel model)
    {
        model.Hold(Pages.Id);
        model.Apply(Pages.After(0, Pages.Head));
        await model.Outbox.Intake.AddAsync(
            OutboxItem.New(Pages.Id, ChangeKind.Send) with
            {
                Body = "My own words",
            },
            CancellationToken.None
        );
    }

    private async Task<ChatModel> LoadAsync(Side side)
    {
        var model = new ChatModel(side, new FileStorage(_folder, _key), TimeProvider.System);
        await model.LoadAsync();
        return model;
    }
}
