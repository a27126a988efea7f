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
using Chat.Server.Observability;
using Chat.Server.Storage;
using Chat.Server.Storage.Postgres;
using Chat.Server.Storage.Sqlite;
using Chat.Server.Web;
using Microsoft.Extensions.Options;

// Options are read once. Without this the whole folder of the process would be watched for changes, a SQLite file's writes among them.
try
{
    var builder = WebApplication.CreateSlimBuilder(["--hostBuilder:reloadConfigOnChange=false", .. args]);
    builder.AddObservability();
    builder.AddHttp();
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

    var app = builder.Build();
    if (CommandLine.IsCommand(args))
        return await CommandLine.RunAsync(app.Services, args, Console.Out, Console.Error, CancellationToken.None);

    app.Services.GetRequiredService<StartupSteps>().Begin(app.Lifetime.ApplicationStopping);
    app.PrepareHubs();
    app.UseManagement();
    app.UseProxies();
    app.UseRouting();
    app.UseSockets();
    app.UseTraceIds();
    app.UseProblems();
    app.UseGate();
    app.UseIdentity();
    app.MapIdentity();
    app.MapApi();
    app.MapHubs();
    app.MapWeb();
    await app.RunAsync();
    return Environment.ExitCode;
}
catch (Exception e)
    when (e is OptionsValidationException or DataFolderInUseException or UnfitDatabaseException or StoreUnavailableException)
{
    // What a person has to mend gets a sentence and not a stack.
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
