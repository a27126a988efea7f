using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Chat.Server.Tests.Testing;

/// <summary>Compiles C# as somebody would who found it in a document or made it of one.</summary>
internal static class Compiler
{
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    public static Assembly Library(params string[] sources) => Assembly.Load(Compile(OutputKind.DynamicallyLinkedLibrary, sources));

    /// <summary>A program that <c>dotnet</c> runs, in a folder.</summary>
    public static async Task<string> ProgramAsync(string folder, string source)
    {
        var path = Path.Combine(folder, "program.dll");
        await File.WriteAllBytesAsync(path, Compile(OutputKind.ConsoleApplication, source));
        await File.WriteAllTextAsync(
            Path.ChangeExtension(path, "runtimeconfig.json"),
            $$"""{"runtimeOptions":{"framework":{"name":"Microsoft.NETCore.App","version":"{{Environment.Version}}"} } }"""
        );
        return path;
    }

    private static byte[] Compile(OutputKind kind, params string[] sources)
    {
        var known = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var compilation = CSharpCompilation.Create(
            $"Compiled{Guid.NewGuid():n}",
            sources.Append(ImplicitUsings).Select(source => CSharpSyntaxTree.ParseText(source)),
            known.Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable)
        );
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(fault => fault.Severity == DiagnosticSeverity.Error)));
        return image.ToArray();
    }
}
