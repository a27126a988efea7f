using System.Buffers;

namespace Chat.Server.Sockets;

/// <summary>Bytes that were received and are not consumed yet. The array is rented while there are any. Its reader's lock guards it.</summary>
internal sealed class ReceiveBuffer
{
    public const int FirstBytes = 4096;

    private byte[]? _bytes;
    private int _start;
    private int _examined;
    private int _end;

    /// <summary>Somebody has a piece of it.</summary>
    public bool IsHeld { get; set; }

    /// <summary>A receive writes into it.</summary>
    public bool IsFilling { get; set; }

    /// <summary>Nobody has looked at its last bytes yet.</summary>
    public bool HasNews => _examined < _end;

    public int Length => _end - _start;

    /// <summary>What it takes of the node's memory.</summary>
    public int Size => _bytes?.Length ?? 0;

    public ReadOnlySequence<byte> Take()
    {
        IsHeld = true;
        return _bytes is null ? default : new ReadOnlySequence<byte>(_bytes, _start, _end - _start);
    }

    /// <summary>True: something was consumed.</summary>
    public bool Advance(int consumed, int examined)
    {
        IsHeld = false;
        if (_bytes is null)
            return false;
        var moves = consumed > _start;
        _start = Math.Max(_start, consumed);
        _examined = Math.Max(_start, examined);
        return moves;
    }

    /// <summary>Where the next bytes go.</summary>
    /// <param name="most">So long a content is never passed.</param>
    public Memory<byte> Room(int most)
    {
        IsFilling = true;
        if (!IsHeld && _start > 0)
            MoveDown();
        if (_bytes is null)
            _bytes = ArrayPool<byte>.Shared.Rent(FirstBytes);
        else if (_end == _bytes.Length)
            Grow();
        var room = _bytes.AsMemory(_end);
        return room.Length > most - Length ? room[..(most - Length)] : room;
    }

    /// <summary>The bytes that came.</summary>
    public ReadOnlySpan<byte> Filled(int count)
    {
        IsFilling = false;
        _end += count;
        return _bytes.AsSpan(_end - count, count);
    }

    /// <summary>Forgets what is in it.</summary>
    public void Clear() => _start = _examined = _end = 0;

    /// <summary>Gives the array back, unless somebody still uses it.</summary>
    public void Release()
    {
        if (IsHeld || IsFilling)
            return;
        if (_bytes is not null)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = null;
        Clear();
    }

    private void MoveDown()
    {
        _bytes.AsSpan(_start, Length).CopyTo(_bytes);
        (_end, _examined, _start) = (Length, Math.Max(0, _examined - _start), 0);
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(_bytes!.Length * 2);
        // At the same place: positions that were given out stay true.
        _bytes.AsSpan(_start, Length).CopyTo(larger.AsSpan(_start));
        if (!IsHeld)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
