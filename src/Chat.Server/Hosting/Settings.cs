using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Chat.Server.Hosting;

/// <summary>The one way in which a section of the configuration becomes options: what cannot be read, is out of range or is unknown is refused at start.</summary>
internal static partial class Settings
{
    /// <summary>Registers the options of a section.</summary>
    public static OptionsBuilder<T> AddSettings<T>(this IServiceCollection services, string section)
        where T : class
    {
        services.AddSingleton<IValidateOptions<T>>(new AttributeValidator<T>(section));
        services.AddSingleton(new SettingsSection(section));
        return services
            .AddOptions<T>()
            .Configure<IConfiguration>((options, configuration) => Bind(configuration, section, options))
            .ValidateOnStart();
    }

    /// <summary>The options of a section for what has to be registered by them, before there is a container that could validate them.</summary>
    public static T Read<T>(IConfiguration configuration, string section)
        where T : class, new()
    {
        var options = new T();
        Bind(configuration, section, options);
        var result = new AttributeValidator<T>(section).Validate(null, options);
        return result.Failed ? throw new OptionsValidationException(section, typeof(T), result.Failures) : options;
    }

    private static void Bind<T>(IConfiguration configuration, string section, T options)
        where T : class
    {
        try
        {
            // A misspelt setting would otherwise be one that has no effect.
            configuration.GetSection(section).Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException e)
        {
            // Of an unknown setting the binder names the class, and at the end the setting.
            var fault = e.Message.Contains(nameof(BinderOptions.ErrorOnUnknownConfiguration), StringComparison.Ordinal)
                ? $"Unknown settings in the section {section}: {e.Message[(e.Message.LastIndexOf(": ", StringComparison.Ordinal) + 2)..]}."
                : e.Message + Words<T>(e.Message);
            throw new OptionsValidationException(section, typeof(T), [fault]);
        }
    }

    /// <summary>Of a setting that takes one of a few words: which.</summary>
    private static string Words<T>(string fault)
    {
        var path = Place().Match(fault).Groups["path"].Value;
        var type = typeof(T).GetProperty(path[(path.LastIndexOf(':') + 1)..])?.PropertyType;
        return type is { IsEnum: true }
            ? $" It is one of: {string.Join(", ", Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName))}."
            : "";
    }

    [GeneratedRegex("at '(?<path>[^']+)' to type", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Place();

    /// <summary>Checks the attributes, and says which setting it is that they refuse.</summary>
    private sealed class AttributeValidator<T>(string section) : IValidateOptions<T>
        where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            var faults = new List<ValidationResult>();
            return Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true)
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail(faults.Select(Describe));
        }

        private string Describe(ValidationResult fault) =>
            fault.MemberNames.FirstOrDefault() is { } member ? $"{section}:{member}: {fault.ErrorMessage}" : fault.ErrorMessage!;
    }
}
