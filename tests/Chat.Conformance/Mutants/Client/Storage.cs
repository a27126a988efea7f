using System.Text.Json;
using Chat.Contracts;

namespace Chat.Conformance.Mutants.Client;

/// <summary>What outlives the process.</summary>
internal sealed record Saved
{
    public required Guid DeviceId { get; init; }

    public string? RefreshToken { get; init; }

    public bool IsIdentified { get; init; }

    public Dictionary<ConversationId, ConversationId> Aliases { get; init; } = [];

    public IReadOnlyList<OutboxItem> Items { get; init; } = [];

    public IReadOnlyList<SavedConversation> Conversations { get; init; } = [];
}

/// <summary>A conversation with its newest events.</summary>
internal sealed record SavedConversation(
    ConversationId Id,
    int Epoch,
    int Seq,
    Conversation? Conversation,
    int ConversationSeq,
    Marks Own,
    Marks Others,
    IReadOnlyList<ChatEvent> Events
);

/// <summary>One file, written anew as a whole and then put in the old one's place: a killed process leaves the one or the other.</summary>
internal sealed class Storage(string folder, Func<Saved> state)
{
    private readonly string _file = Path.Combine(folder, "client.json");
    private TaskCompletionSource _next = New();
    private Task _writing = Task.CompletedTask;
    private bool _isWanted;
    private bool _isWiped;

    public async Task<Saved?> LoadAsync()
    {
        if (!File.Exists(_file))
            return null;
        await using var file = File.OpenRead(_file);
        return await JsonSerializer.DeserializeAsync<Saved>(file, ClientJson.File);
    }

    /// <summary>Completes when all that is known now is on the disk. One write serves all who have asked since the last one began.</summary>
    public Task SaveAsync()
    {
        if (_isWiped)
            return Task.CompletedTask;
        _isWanted = true;
        var stored = _next.Task;
        if (_writing.IsCompleted)
            _writing = WriteAllAsync();
        return stored;
    }

    /// <summary>Nothing is left, and nothing is written any more.</summary>
    public async Task WipeAsync()
    {
        _isWiped = true;
        await _writing;
        if (Mutant.Has(Defect.LogoutKeepsFile))
            return;
        var kept = Mutant.Defect switch
        {
            Defect.LogoutKeepsToken => state() with { Aliases = [], Items = [], Conversations = [], DeviceId = default },
            Defect.LogoutKeepsDevice => new Saved { DeviceId = state().DeviceId },
            Defect.LogoutKeepsOutbox => new Saved
            {
                DeviceId = default,
                Items = state().Items,
                Conversations = state().Conversations,
            },
            _ => null,
        };
        if (kept is not null)
            await WriteAsync(kept);
        else
            File.Delete(_file);
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task WriteAllAsync()
    {
        if (Mutant.Has(Defect.PromisesBeforeStored))
            await Task.Delay(TimeSpan.FromSeconds(1));
        while (_isWanted)
        {
            _isWanted = false;
            var asked = _next;
            _next = New();
            try
            {
                await WriteAsync(state());
                asked.TrySetResult();
            }
            catch (Exception e)
            {
                // Those who wait take back what they have promised; the next change writes all of it.
                asked.TrySetException(e);
                _ = asked.Task.Exception;
            }
        }
    }

    private async Task WriteAsync(Saved saved)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(saved, ClientJson.File);
        if (Mutant.Has(Defect.StorageWrittenInPlace))
        {
            await File.WriteAllBytesAsync(_file, bytes[..(bytes.Length / 2)]);
            await Task.Delay(TimeSpan.FromMilliseconds(10));
            await File.WriteAllBytesAsync(_file, bytes);
            return;
        }
        var draft = _file + ".new";
        try
        {
            await using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write))
            {
                await file.WriteAsync(bytes);
                file.Flush(flushToDisk: true);
            }
            File.Move(draft, _file, overwrite: true);
        }
        catch
        {
            File.Delete(draft);
            throw;
        }
    }
}
