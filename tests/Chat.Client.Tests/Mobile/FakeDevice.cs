using System.Collections.Concurrent;
using Chat.Sample.Mobile;

namespace Chat.Client.Tests.Mobile;

/// <summary>A device whose moments come when a test says so.</summary>
internal sealed class FakeDevice : ISecureStore, IAppLife, INetwork, IPush
{
    private readonly ConcurrentDictionary<string, string> _secrets = new(StringComparer.Ordinal);

    public event Action? Resumed;

    public event Action? Stopped;

    public event Action? Changed;

    public event Action<string>? TokenChanged;

    public event Action<Guid>? Tapped;

    public bool IsThere { get; set; } = true;

    public string Platform => "fcm";

    /// <summary>What the user says when the app asks about notifications.</summary>
    public string? Answer { get; set; } = "address 1";

    /// <summary>How often something was run on the thread of the screens.</summary>
    public int OnScreen { get; private set; }

    /// <summary>Works that were to be finished in the background.</summary>
    public ConcurrentQueue<Task> Finished { get; } = [];

    public Device In(string folder) =>
        new()
        {
            DataFolder = folder,
            Secrets = this,
            Life = this,
            Network = this,
            Push = this,
            OnScreen = work =>
            {
                OnScreen++;
                work();
            },
        };

    public void Stop() => Stopped?.Invoke();

    public void Resume() => Resumed?.Invoke();

    public void ChangeNetwork() => Changed?.Invoke();

    public void ChangeToken(string token) => TokenChanged?.Invoke(token);

    public void Tap(Guid conversation) => Tapped?.Invoke(conversation);

    public Task<string?> GetAsync(string key) => Task.FromResult(_secrets.GetValueOrDefault(key));

    public Task SetAsync(string key, string value)
    {
        _secrets[key] = value;
        return Task.CompletedTask;
    }

    public void LoseSecrets() => _secrets.Clear();

    public Task FinishAsync(Func<CancellationToken, Task> work)
    {
        var task = work(CancellationToken.None);
        Finished.Enqueue(task);
        return task;
    }

    public Task<string?> AskAsync(CancellationToken cancellationToken) => Task.FromResult(Answer);
}
