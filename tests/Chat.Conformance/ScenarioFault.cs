namespace Chat.Conformance;

/// <summary>What a client did wrong, in words; no stack tells more.</summary>
internal sealed class ScenarioFault(string message) : Exception(message);
