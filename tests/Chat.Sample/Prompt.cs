using System.Text;

namespace Chat.Sample;

/// <summary>What is typed. Keys of a terminal come one by one, so that the screen shows them in their place; a pipe gives lines.</summary>
internal sealed class Prompt(Screen screen)
{
    /// <summary>Called at each key.</summary>
    public Action? Typing { get; init; }

    /// <summary>The next line; null at the end. A read of the console cannot be cancelled, so that nobody waits for it after the end.</summary>
    public async Task<string?> ReadAsync(CancellationToken ended)
    {
        try
        {
            return await Task.Run(() => Console.IsInputRedirected ? Console.ReadLine() : ReadKeys(), ended).WaitAsync(ended);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private string ReadKeys()
    {
        var line = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
                line.Length = Math.Max(0, line.Length - 1);
            else if (!char.IsControl(key.KeyChar))
                line.Append(key.KeyChar);
            screen.Show(typed: line.ToString());
            Typing?.Invoke();
        }
        screen.Show(typed: "");
        return line.ToString();
    }
}
