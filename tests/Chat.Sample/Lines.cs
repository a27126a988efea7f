namespace Chat.Sample;

/// <summary>What is typed.</summary>
internal static class Lines
{
    /// <summary>The next line; null at the end. A terminal's read cannot be cancelled, so that nobody waits for it after the end.</summary>
    public static async Task<string?> ReadAsync(CancellationToken ended)
    {
        try
        {
            return await Task.Run(Console.ReadLine, ended).WaitAsync(ended);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
