namespace Chat.Conformance.Drivers;

/// <summary>A driver does not know an order: its scenario is not run with it.</summary>
internal sealed class UnknownVerbException(string verb) : Exception($"the driver does not know '{verb}'");
