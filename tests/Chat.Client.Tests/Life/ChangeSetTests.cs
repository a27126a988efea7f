using System.Collections.Immutable;
using Xunit;

namespace Chat.Client.Tests.Life;

public sealed class ChangeSetTests
{
    private readonly WritableStore<IReadOnlyDictionary<int, string>> _lines = new(
        ImmutableDictionary<int, string>.Empty.Add(1, "one").Add(2, "two")
    );

    [Fact]
    public async Task A_screen_hears_of_every_line_first_and_then_of_what_changes()
    {
        var first = _lines.Value;
        await using var changes = _lines.ChangesAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();

        Assert.True(await changes.MoveNextAsync());
        Assert.Equal(first, changes.Current.Added);
        Assert.Empty(changes.Current.Changed);
        var next = changes.MoveNextAsync().AsTask();
        _lines.Replace(((ImmutableDictionary<int, string>)first).Remove(1).SetItem(2, "zwei").Add(3, "drei"));

        Assert.True(await next.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.Equal([KeyValuePair.Create(3, "drei")], changes.Current.Added);
        Assert.Equal([KeyValuePair.Create(2, "zwei")], changes.Current.Changed);
        Assert.Equal([1], changes.Current.Removed);
    }

    [Fact]
    public async Task A_list_that_is_empty_says_so_once_and_what_changes_nothing_is_left_out()
    {
        var empty = new WritableStore<IReadOnlyDictionary<int, string>>(ImmutableDictionary<int, string>.Empty);
        await using var changes = empty.ChangesAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
        Assert.True(await changes.MoveNextAsync());
        Assert.Empty(changes.Current.Added);
        var next = changes.MoveNextAsync().AsTask();

        empty.Replace(new Dictionary<int, string>());
        await empty.UntilAsync(lines => lines is Dictionary<int, string>);
        empty.Replace(new Dictionary<int, string> { [1] = "one" });

        Assert.True(await next.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.Equal([KeyValuePair.Create(1, "one")], changes.Current.Added);
    }
}
