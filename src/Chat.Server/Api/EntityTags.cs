using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Chat.Server.Api;

/// <summary>Names an answer by its bytes, so that whoever polls it and holds it is told only that it is the same.</summary>
internal static class EntityTags
{
    /// <summary>Of the hash: enough that no two answers of one address share it.</summary>
    private const int TagBytes = 16;

    /// <summary>Puts the tag into the answer. True: the caller has named it, and holds what these bytes say.</summary>
    public static bool IsHeld(HttpContext context, ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        // Weak: packed or not it is the same answer.
        var tag = new EntityTagHeaderValue($"\"{Base64Url.EncodeToString(hash[..TagBytes])}\"", isWeak: true);
        context.Response.Headers.ETag = tag.ToString();
        if (context.Request.Headers.IfNoneMatch.Count == 0)
            return false;
        var held = context.Request.GetTypedHeaders().IfNoneMatch;
        return held.Any(one => one.Compare(tag, useStrongComparison: false) || one.Equals(EntityTagHeaderValue.Any));
    }
}
