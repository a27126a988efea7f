using System.Runtime.InteropServices;

namespace Chat.LoadTests.Sockets;

/// <summary>The few calls of Linux that the generator lives on: no buffers, tasks or callbacks of a runtime in between.</summary>
internal static unsafe partial class Native
{
    public const int ReadEvents = 0x001;
    public const int Again = 11;

    private const string Libc = "libc";
    private const int Add = 1;
    private const int Remove = 2;

    public static int Epoll() => Check(epoll_create1(0));

    public static void Watch(int epoll, int socket, int tag, int events = ReadEvents)
    {
        var what = new EpollEvent { Events = events, Tag = tag };
        Check(epoll_ctl(epoll, Add, socket, &what));
    }

    public static void Unwatch(int epoll, int socket) => Check(epoll_ctl(epoll, Remove, socket, null));

    /// <summary>How many sockets have something; waits at most so long.</summary>
    public static int Wait(int epoll, Span<EpollEvent> events, long nanoseconds)
    {
        var limit = new TimeSpec { Seconds = nanoseconds / 1_000_000_000, Nanoseconds = nanoseconds % 1_000_000_000 };
        fixed (EpollEvent* first = events)
        {
            var count = epoll_pwait2(epoll, first, events.Length, &limit, null);
            return count < 0 ? 0 : count;
        }
    }

    /// <summary>Bytes read; 0: closed by the other side; negative: nothing there.</summary>
    public static int Receive(int socket, Span<byte> buffer)
    {
        fixed (byte* first = buffer)
        {
            var read = (int)recv(socket, first, (nuint)buffer.Length, 0);
            return read >= 0 || Marshal.GetLastPInvokeError() == Again ? read : 0;
        }
    }

    public static bool Send(int socket, ReadOnlySpan<byte> bytes)
    {
        // The other side going away is a result, not a signal that ends the process.
        const int noSignal = 0x4000;
        fixed (byte* first = bytes)
            return send(socket, first, (nuint)bytes.Length, noSignal) == bytes.Length;
    }

    public static void Close(int descriptor) => _ = close(descriptor);

    private static int Check(int result) =>
        result >= 0 ? result : throw new InvalidOperationException($"errno {Marshal.GetLastPInvokeError()}");

    [LibraryImport(Libc, SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport(Libc, SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int socket, EpollEvent* what);

    [LibraryImport(Libc, SetLastError = true)]
    private static partial int epoll_pwait2(int epoll, EpollEvent* events, int count, TimeSpec* limit, void* signals);

    [LibraryImport(Libc, SetLastError = true)]
    private static partial nint recv(int socket, byte* buffer, nuint length, int flags);

    [LibraryImport(Libc, SetLastError = true)]
    private static partial nint send(int socket, byte* buffer, nuint length, int flags);

    [LibraryImport(Libc)]
    private static partial int close(int descriptor);

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}

/// <summary>As the kernel of x86-64 lays it out, packed.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct EpollEvent
{
    public int Events;

    /// <summary>What <see cref="Native.Watch"/> was given.</summary>
    public int Tag;

    private readonly int _unused;
}
