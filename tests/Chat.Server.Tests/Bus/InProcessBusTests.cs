using Chat.Server.Bus;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Tests.Bus;

public sealed class InProcessBusTests : EventBusContract
{
    private readonly InProcessNetwork _network = new();

    private protected override Task<IEventBus> NewNodeAsync() =>
        Task.FromResult<IEventBus>(new InProcessBus(_network, NullLogger<InProcessBus>.Instance));
}
