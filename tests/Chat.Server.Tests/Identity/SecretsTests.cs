using System.Security.Cryptography;
using Chat.Server.Identity;

namespace Chat.Server.Tests.Identity;

public sealed class SecretsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chat-master-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_master_key_is_made_once_and_only_its_owner_may_read_it()
    {
        var first = MasterKey.FromFolder(_folder);
        var second = MasterKey.FromFolder(_folder);

        Assert.Equal(first.Bytes.ToArray(), second.Bytes.ToArray());
        Assert.Equal(MasterKey.FileName, Path.GetFileName(Assert.Single(Directory.GetFiles(_folder))));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder, MasterKey.FileName)));
    }

    [Fact]
    public void A_damaged_key_file_is_refused_and_not_replaced()
    {
        File.WriteAllText(Path.Combine(_folder, MasterKey.FileName), "c2hvcnQ=");

        Assert.Throws<UnfitKeyException>(() => MasterKey.FromFolder(_folder));
        Assert.Equal("c2hvcnQ=", File.ReadAllText(Path.Combine(_folder, MasterKey.FileName)));
    }

    [Fact]
    public void A_box_opens_only_with_its_key_and_purpose_and_unchanged()
    {
        var box = new SecretBox(new MasterKey(RandomNumberGenerator.GetBytes(32)));
        var other = new SecretBox(new MasterKey(RandomNumberGenerator.GetBytes(32)));
        byte[] secret = [1, 2, 3];
        var sealedSecret = box.Seal("a", secret);

        Assert.Equal(secret, box.Open("a", sealedSecret));
        Assert.NotEqual(sealedSecret, box.Seal("a", secret));
        Assert.ThrowsAny<CryptographicException>(() => box.Open("b", sealedSecret));
        Assert.ThrowsAny<CryptographicException>(() => other.Open("a", sealedSecret));
        Assert.ThrowsAny<CryptographicException>(() => box.Open("a", sealedSecret.AsSpan(0, 10)));
        for (var i = 0; i < sealedSecret.Length; i++)
        {
            var changed = (byte[])sealedSecret.Clone();
            changed[i] ^= 1;
            Assert.ThrowsAny<CryptographicException>(() => box.Open("a", changed));
        }
    }

    [Fact]
    public void Threads_share_a_box()
    {
        var box = new SecretBox(new MasterKey(RandomNumberGenerator.GetBytes(32)));

        Parallel.For(
            0,
            20_000,
            i =>
            {
                var secret = BitConverter.GetBytes(i);
                Assert.Equal(secret, box.Open("a", box.Seal("a", secret)));
            }
        );
    }

    [Fact]
    public void A_refresh_token_reads_back_and_any_other_text_does_not()
    {
        var tokens = new RefreshTokens(new MasterKey(RandomNumberGenerator.GetBytes(32)));
        var others = new RefreshTokens(new MasterKey(RandomNumberGenerator.GetBytes(32)));
        var expires = DateTimeOffset.FromUnixTimeSeconds(2_000_000_000);
        var token = new RefreshToken(RefreshKind.Operator, Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), 7, expires);
        var text = tokens.Write(token);

        Assert.Equal(token, tokens.Read(text));
        Assert.Null(others.Read(text));
        Assert.Null(tokens.Read(null));
        Assert.Null(tokens.Read(""));
        Assert.Null(tokens.Read(text + "A"));
        Assert.Null(tokens.Read(new string('!', text.Length)));
        // The last character carries bits that decoding ignores; every other one counts.
        for (var i = 0; i < text.Length - 1; i++)
            Assert.Null(tokens.Read($"{text[..i]}{(text[i] == 'A' ? 'B' : 'A')}{text[(i + 1)..]}"));
    }

    [Fact]
    public void A_generated_password_keeps_the_rules()
    {
        var passwords = Enumerable.Range(0, 100).Select(_ => Passwords.Generate()).ToList();

        Assert.All(passwords, password => Assert.Null(Passwords.FindFault(password, "a@example.org", old: null)));
        Assert.Equal(100, passwords.Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData("short")]
    [InlineData("elevenchars")]
    [InlineData("aaaaaaaaaaaa")]
    [InlineData("operator@example.org")]
    [InlineData("the old password")]
    public void A_weak_password_is_refused(string password) =>
        Assert.NotNull(Passwords.FindFault(password, "operator@example.org", "the old password"));
}
