namespace Chat.Server.Messages.Masking;

/// <summary>What the number itself says: issuer's prefix, that issuer's lengths, check digit.</summary>
internal static class CardNumber
{
    public const int MinDigits = 13;
    public const int MaxDigits = 19;

    /// <summary>Whether an issuer could have given this number.</summary>
    /// <param name="digits">13 to 19 values of 0 to 9.</param>
    public static bool IsValid(ReadOnlySpan<byte> digits) => IsIssued(Prefix(digits, 4), digits.Length) && PassesLuhn(digits);

    /// <summary>The first digits as a number.</summary>
    public static int Prefix(ReadOnlySpan<byte> digits, int length)
    {
        var prefix = 0;
        foreach (var digit in digits[..length])
            prefix = prefix * 10 + digit;
        return prefix;
    }

    private static bool IsIssued(int prefix, int length) =>
        prefix switch
        {
            // Visa; 13 is of the past, 18 and 19 are rare.
            >= 4000 and <= 4999 => length is 13 or 16 or 18 or 19,
            // Mir.
            >= 2200 and <= 2204 => length is >= 16,
            // Mastercard.
            (>= 5100 and <= 5599) or (>= 2221 and <= 2720) => length is 16,
            // American Express.
            (>= 3400 and <= 3499) or (>= 3700 and <= 3799) => length is 15,
            // JCB.
            >= 3528 and <= 3589 => length is >= 16,
            // Diners Club.
            (>= 3000 and <= 3059) or 3095 or (>= 3600 and <= 3699) or (>= 3800 and <= 3999) => length is 14 or >= 16,
            // UnionPay.
            >= 6200 and <= 6299 => length is >= 16,
            // Discover.
            6011 or (>= 6440 and <= 6599) => length is >= 16,
            // Maestro.
            (>= 5000 and <= 5099) or (>= 5600 and <= 5899) or 6304 or 6390 or (>= 6700 and <= 6799) => true,
            _ => false,
        };

    private static bool PassesLuhn(ReadOnlySpan<byte> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            int digit = digits[^(i + 1)];
            if (i % 2 == 1)
                digit = digit > 4 ? 2 * digit - 9 : 2 * digit;
            sum += digit;
        }
        return sum % 10 == 0;
    }
}
