using Chat.Server.Identity;

namespace Chat.Server.Operators;

/// <summary>What became of a sign-in.</summary>
/// <param name="Account">Who, when he may come in or must first change his password.</param>
/// <param name="MustChange">He must sign in again with a new password.</param>
/// <param name="Fault">What is wrong with the new password.</param>
/// <param name="IsUnavailable">Whoever knows the answer cannot be asked now.</param>
internal readonly record struct SignIn(OperatorAccount? Account, bool MustChange = false, string? Fault = null, bool IsUnavailable = false);

/// <summary>
/// Sign-in with e-mail and password. Unknown, disabled and locked accounts look and take as long as a wrong password: the answer must not tell which
/// accounts exist.
/// </summary>
internal sealed partial class PasswordSignIn(OperatorStore operators, Passwords passwords, ILogger<PasswordSignIn> logger)
{
    public const int FreeTries = 5;

    private static readonly TimeSpan FirstLock = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestLock = TimeSpan.FromHours(4);

    /// <summary>Somebody has chosen a new password: their older sessions have ended.</summary>
    public event Action? Changed;

    public async Task<SignIn> TryAsync(string email, string password, string? newPassword, CancellationToken cancellation)
    {
        var account = OperatorRules.IsEmail(email) ? await operators.CountTryAsync(email, LockFor, cancellation) : null;
        var mayTry = account is { Disabled: false, IsLocked: false };
        if (!passwords.Verify(mayTry ? account!.PasswordHash : null, password))
        {
            if (mayTry && LockFor(account!.FailedCount + 1) > TimeSpan.Zero)
                LogLocked(account.Id, account.FailedCount + 1);
            return default;
        }
        if (newPassword is not null)
            return await ChangeAsync(account!, password, newPassword, cancellation);
        await operators.ForgetTriesAsync(account!.OperatorId, cancellation);
        return new SignIn(account, account.MustChange);
    }

    /// <summary>Five minutes after the fifth wrong password, twice as long after each further one.</summary>
    public static TimeSpan LockFor(int failed)
    {
        if (failed < FreeTries)
            return TimeSpan.Zero;
        var doublings = Math.Min(failed - FreeTries, 10);
        var pause = FirstLock * Math.Pow(2, doublings);
        return pause < LongestLock ? pause : LongestLock;
    }

    private async Task<SignIn> ChangeAsync(OperatorAccount account, string old, string newPassword, CancellationToken cancellation)
    {
        if (Passwords.FindFault(newPassword, account.Email, old) is { } fault)
        {
            await operators.ForgetTriesAsync(account.OperatorId, cancellation);
            return new SignIn(null, Fault: fault);
        }
        var stamp = Guid.NewGuid();
        if (!await operators.SetPasswordAsync(account, passwords.Hash(newPassword), stamp, cancellation))
            return default;
        Changed?.Invoke();
        return new SignIn(account with { SecurityStamp = stamp, MustChange = false });
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Operator {OperatorId} is locked after {Failed} wrong passwords in a row")]
    private partial void LogLocked(Guid operatorId, int failed);
}
