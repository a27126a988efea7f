namespace Chat.Server.Web;

/// <summary>The screens. Section <c>Web</c>.</summary>
internal sealed class WebOptions
{
    public const string Section = "Web";

    /// <summary>Folder with the built screens. Empty (default): <c>web</c> beside the program.</summary>
    public string Folder { get; set; } = "";

    /// <summary>Whether <c>/</c> shows the demo page with the widget of the inbox <c>demo</c>. Absent: only with the embedded database.</summary>
    public bool? DemoPage { get; set; }
}
