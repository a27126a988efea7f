using System.Diagnostics;
using Chat.Server.Observability;

namespace Chat.Server.Tests.Observability;

public sealed class TracesTests
{
    [Fact]
    public void While_nobody_listens_nothing_is_traced_and_nothing_allocated()
    {
        // As ASP.NET Core has one for every request, wanted or not.
        using var request = new Activity("request").Start();
        Assert.Null(Traces.Current);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Traces.Resume(null);
        using var span = Traces.Start("span");
        using var here = Traces.StartHere("here", default);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Null(span ?? here);
        Assert.Same(request, Activity.Current);
    }
}
