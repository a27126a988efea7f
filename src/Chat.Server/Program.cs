using Chat.Server.Api;
using Chat.Server.Bus;
using Chat.Server.Commands;
using Chat.Server.Delivery;
using Chat.Server.Devices;
using Chat.Server.Draining;
using Chat.Server.Hosting;
using Chat.Server.Hubs;
using Chat.Server.Identity;
using Chat.Server.Messages;
using Chat.Server.Networks;
using Chat.Server.Observability;
using Chat.Server.Storage;
using Chat.Server.Web;
using Microsoft.Extensions.Options;

try
{
    if (CommandLine.IsCommand(args) && !CommandLine.NeedsServer(args))
        return await CommandLine.RunAsync(args, Console.Out, Console.Error, CancellationToken.None);

    // Options are read once. Without this the whole folder of the process would be watched for changes, a SQLite file's writes among them.
    var builder = WebApplication.CreateSlimBuilder(["--hostBuilder:reloadConfigOnChange=false", .. args]);
    builder.AddObservability(CommandLine.IsCommand(args));
    builder.AddHttp();
    builder.AddNetworks();
    builder.AddStorage();
    builder.AddBus();
    builder.AddIdentity();
    builder.AddMessages();
    builder.AddDelivery();
    builder.AddDevices();
    builder.AddHubs();
    builder.AddApi();
    builder.AddWeb();
    builder.AddDraining();

    await using var app = builder.Build();
    if (CommandLine.IsCommand(args))
        return await CommandLine.RunAsync(app.Services, args, Console.Out, Console.Error, CancellationToken.None);

    var state = app.Services.GetRequiredService<NodeState>();
    // Before anything is touched that the settings name.
    app.Services.GetService<IStartupValidator>()?.Validate();
    app.Services.GetRequiredService<StartupSteps>().Begin(app.Lifetime.ApplicationStopping);
    app.PrepareHubs();
    app.UseManagement();
    app.UseNetworks();
    app.UseProxies();
    app.UseAnswerHeaders();
    app.UseHostNames();
    app.UseHead();
    app.UseRouting();
    app.UseSockets();
    app.UseTraceIds();
    app.UseProblems();
    app.UseGate();
    app.UseUtf8();
    app.UseBodyLimits();
    app.UseIdentity();
    app.MapIdentity();
    app.MapApi();
    app.MapHubs();
    app.MapWeb();
    await app.RunAsync();
    if (state.Fault is { } fault)
        throw fault;
    // Without having been asked to, a host stops for a fault.
    return Environment.ExitCode == 0 && !state.IsDraining ? StartFault.ExitCode : Environment.ExitCode;
}
catch (Exception e) when (e is not HostAbortedException)
{
    return await StartFault.ReportAsync(e, CommandLine.IsCommand(args));
}
