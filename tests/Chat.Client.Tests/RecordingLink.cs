using System.Threading.Channels;
using Chat.Contracts;
using Xunit;

namespace Chat.Client.Tests;

/// <summary>A connection to nobody, which remembers what was called on it.</summary>
internal sealed class RecordingLink : ILink
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Channel<(string Method, object Request)> _calls = Channel.CreateUnbounded<(string, object)>();
    private readonly TaskCompletionSource<LinkEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What comes of a call. By default nothing.</summary>
    public Func<object, Task<object?>> Answer { get; init; } = _ => Task.FromResult<object?>(null);

    /// <summary>Takes what the server would send.</summary>
    public Action<object> Push { get; init; } = _ => { };

    public ConnectionTransport Transport => ConnectionTransport.Socket;

    public Task<LinkEnd> Ended => _ended.Task;

    public async Task<T> CallAsync<T>(string method, object request, CancellationToken cancellationToken)
    {
        _calls.Writer.TryWrite((method, request));
        return (T)(await Answer(request))!;
    }

    /// <summary>The next call, which is one of this method.</summary>
    public async Task<object> CallOfAsync(string method)
    {
        var (called, request) = await _calls.Reader.ReadAsync().AsTask().WaitAsync(Patience);
        Assert.Equal(method, called);
        return request;
    }

    /// <summary>The next call of this method, whatever else was called before it.</summary>
    public async Task<object> NextOfAsync(string method)
    {
        while (true)
        {
            var (called, request) = await _calls.Reader.ReadAsync().AsTask().WaitAsync(Patience);
            if (called == method)
                return request;
        }
    }

    public void Close(string? reason = null) => _ended.TrySetResult(new LinkEnd(reason));

    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    /// <summary>Makes such connections and shows them one after the other.</summary>
    public sealed class Factory : ILinkFactory
    {
        private readonly Channel<RecordingLink> _made = Channel.CreateUnbounded<RecordingLink>();

        public Func<object, Task<object?>> Answer { get; init; } = _ => Task.FromResult<object?>(null);

        public int Forgotten { get; private set; }

        public Task<ILink> ConnectAsync(Action<object> onPush, CancellationToken cancellationToken)
        {
            var link = new RecordingLink { Answer = Answer, Push = onPush };
            _made.Writer.TryWrite(link);
            return Task.FromResult<ILink>(link);
        }

        public Task<RecordingLink> NextAsync() => _made.Reader.ReadAsync().AsTask().WaitAsync(Patience);

        public void ForgetToken() => Forgotten++;
    }
}
