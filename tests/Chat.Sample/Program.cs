using Chat.Sample;
using Spectre.Console;

// A chat in two terminals:
//   chat visitor  [url] [inbox]             kept in a folder of its own: end it at any moment and start it again; /logout
//   chat operator [url] [email] [password]  answers whoever wrote last; /close
var url = new Uri(args.ElementAtOrDefault(1) ?? "http://localhost:8080");
using var ended = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    ended.Cancel();
};
switch (args.FirstOrDefault())
{
    case "visitor":
        await VisitorChat.RunAsync(url, args.ElementAtOrDefault(2) ?? "demo", ended.Token);
        return 0;
    case "operator":
        var email = args.ElementAtOrDefault(2) ?? "admin@localhost";
        var password = args.ElementAtOrDefault(3) ?? AnsiConsole.Prompt(new TextPrompt<string>("Password").Secret());
        await OperatorChat.RunAsync(url, email, password, ended.Token);
        return 0;
    default:
        AnsiConsole.MarkupLine("chat [bold]visitor[/] [[url]] [[inbox]]  |  chat [bold]operator[/] [[url]] [[email]] [[password]]");
        return 2;
}
