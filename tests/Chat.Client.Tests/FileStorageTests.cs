using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Xunit;

namespace Chat.Client.Tests;

public sealed class FileStorageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chat-storage-").FullName;
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    private static CancellationToken None => CancellationToken.None;

    private string File => Path.Combine(_folder, "journal");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Whatever_byte_the_file_ends_at_all_groups_before_are_there_and_the_torn_one_is_not()
    {
        var ends = new List<long>();
        await using (var storage = await OpenAsync())
        {
            ends.Add(Length);
            for (var i = 0; i < 12; i++)
            {
                await storage.WriteAsync([Put($"a{i}", i), Put($"b{i}", i)], durable: true, None);
                ends.Add(Length);
            }
        }
        var whole = await System.IO.File.ReadAllBytesAsync(File);
        for (var length = (int)ends[0]; length <= whole.Length; length++)
        {
            await System.IO.File.WriteAllBytesAsync(File, whole[..length]);
            var groups = ends.Count(end => end <= length) - 1;

            await using var storage = new FileStorage(_folder, _key);
            var values = await storage.LoadAsync(None);

            Assert.Equal(Enumerable.Range(0, groups).SelectMany(i => (string[])[$"a{i}", $"b{i}"]).Order(), values.Keys.Order());
        }
    }

    [Fact]
    public async Task Whatever_is_wrong_with_the_last_group_those_before_it_are_there()
    {
        await using (var storage = await OpenAsync())
            await storage.WriteAsync([Put("a", 1)], durable: true, None);
        var good = (int)Length;
        await using (var storage = await OpenAsync())
            await storage.WriteAsync([Put("b", 2), Put("c", 3)], durable: true, None);
        var whole = await System.IO.File.ReadAllBytesAsync(File);

        // A machine without power may leave any bytes of a write, and zeros where others were to be.
        await Gen.Select(Gen.Int[good, whole.Length - 1], Gen.Byte.Array[1, 40])
            .SampleAsync(
                async (at, noise) =>
                {
                    byte[] bytes = [.. whole[..at], .. noise];
                    if (bytes.AsSpan().StartsWith(whole))
                        return;
                    await System.IO.File.WriteAllBytesAsync(File, bytes);
                    Assert.Equal(["a"], (await ReadAsync()).Keys);
                },
                iter: 300,
                threads: 1
            );
    }

    [Fact]
    public async Task After_a_torn_end_what_is_written_next_is_there()
    {
        await using (var storage = await OpenAsync())
            await storage.WriteAsync([Put("a", 1), Put("b", 2)], durable: true, None);
        await using (var torn = new FileStream(File, FileMode.Open))
            torn.SetLength(torn.Length - 1);
        await using (var storage = await OpenAsync())
            await storage.WriteAsync([Put("c", 3)], durable: true, None);

        Assert.Equal(["c"], (await ReadAsync()).Keys);
    }

    [Fact]
    public async Task A_file_that_is_mostly_out_of_date_is_written_anew()
    {
        await using (var storage = await OpenAsync())
        {
            for (var i = 0; i < 3_000; i++)
                await storage.WriteAsync([new StorageChange("a", RandomNumberGenerator.GetBytes(500))], durable: false, None);
            await storage.WriteAsync([Put("b", 7)], durable: false, None);
        }
        Assert.InRange(Length, 1, 600_000);
        Assert.Equal([7], (await ReadAsync())["b"]);
    }

    [Fact]
    public async Task Nothing_can_be_read_without_the_key_and_another_key_is_refused()
    {
        await using (var storage = await OpenAsync())
            await storage.WriteAsync([new StorageChange("secret", Encoding.UTF8.GetBytes("Where is my parcel?"))], durable: true, None);

        var text = Encoding.Latin1.GetString(await System.IO.File.ReadAllBytesAsync(File));
        Assert.DoesNotContain("parcel", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        await using var other = new FileStorage(_folder, RandomNumberGenerator.GetBytes(32));
        await Assert.ThrowsAnyAsync<CryptographicException>(() => other.LoadAsync(None));
    }

    [Fact]
    public async Task After_a_wipe_it_is_empty_and_can_be_written()
    {
        await using (var storage = await OpenAsync())
        {
            await storage.WriteAsync([Put("a", 1)], durable: true, None);
            await storage.WipeAsync(None);
            await storage.WriteAsync([Put("b", 2)], durable: true, None);
        }
        Assert.Equal(["b"], (await ReadAsync()).Keys);
    }

    [Fact]
    public async Task After_it_could_not_be_written_anew_it_goes_on_as_soon_as_there_is_room()
    {
        await using (var storage = await OpenAsync())
        {
            await storage.WriteAsync([Put("a", 1)], durable: true, None);
            await FailToWriteAnewAsync(storage);
            await storage.WriteAsync([Put("b", 2)], durable: true, None);
        }
        Assert.Equal(["a", "b", "long"], (await ReadAsync()).Keys.Order());
    }

    [Fact]
    public async Task After_it_could_not_be_written_anew_it_can_be_wiped()
    {
        await using (var storage = await OpenAsync())
        {
            await FailToWriteAnewAsync(storage);
            await storage.WipeAsync(None);
            Assert.Equal(["lock"], Directory.GetFiles(_folder).Select(Path.GetFileName));
        }
        Assert.Empty(await ReadAsync());
    }

    [Fact]
    public async Task A_folder_has_one_user()
    {
        await using var storage = await OpenAsync();
        await using var second = new FileStorage(_folder, _key);

        await Assert.ThrowsAsync<IOException>(() => second.LoadAsync(None));
    }

    private long Length => new FileInfo(File).Length;

    private static StorageChange Put(string key, int value) => new(key, [(byte)value]);

    /// <summary>Where the new file is to be is a folder; a full disk fails no other way.</summary>
    private async Task FailToWriteAnewAsync(FileStorage storage)
    {
        var inTheWay = Directory.CreateDirectory(File + ".new");
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            while (true)
                await storage.WriteAsync([new StorageChange("long", new byte[100_000])], durable: false, None);
        });
        inTheWay.Delete();
    }

    private async Task<FileStorage> OpenAsync()
    {
        var storage = new FileStorage(_folder, _key);
        await storage.LoadAsync(None);
        return storage;
    }

    private async Task<IReadOnlyDictionary<string, byte[]>> ReadAsync()
    {
        await using var storage = new FileStorage(_folder, _key);
        return await storage.LoadAsync(None);
    }
}
