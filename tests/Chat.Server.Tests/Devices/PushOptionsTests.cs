using Chat.Server.Devices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Chat.Server.Tests.Devices;

public sealed class PushOptionsTests
{
    [Theory]
    [InlineData(null, null, true)]
    [InlineData("https://push.example.org/chat", PushReceiver.Secret, true)]
    [InlineData("http://push:8080", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazYvq6tyBz8=", true)]
    [InlineData("https://push.example.org", null, false)]
    [InlineData("push.example.org/chat", PushReceiver.Secret, false)]
    [InlineData("ftp://push.example.org", PushReceiver.Secret, false)]
    // Without its padding; too short; not base64; not the form.
    [InlineData("https://push.example.org", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazYvq6tyBz8", false)]
    [InlineData("https://push.example.org", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLQ==", false)]
    [InlineData("https://push.example.org", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa**", false)]
    [InlineData("https://push.example.org", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", false)]
    public void Settings_that_no_push_could_be_made_with_are_refused_at_the_start(string? url, string? secret, bool good)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("Push:Url", url), new("Push:Secret", secret)]);
        builder.AddDevices();
        using var host = builder.Build();
        var read = Record.Exception(() => host.Services.GetRequiredService<IOptions<PushOptions>>().Value);

        Assert.Equal(good ? null : typeof(OptionsValidationException), read?.GetType());
    }
}
