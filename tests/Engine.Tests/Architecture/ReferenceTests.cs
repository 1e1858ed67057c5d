using System.Reflection;
using System.Xml.Linq;
using Buddies.Engine.Taste;

namespace Buddies.Engine.Tests.Architecture;

/// <summary>Each floor of the house knows only the floors under it.</summary>
public sealed class ReferenceTests
{
    /// <summary>What each project may refer to; it need not.</summary>
    private static readonly Dictionary<string, string[]> s_allowed = new(StringComparer.Ordinal)
    {
        ["Engine"] = [],
        ["Storage"] = ["Engine"],
        ["Training"] = ["Engine", "Storage"],
        ["Training.Torch"] = ["Engine", "Storage", "Training"],
        ["Embedded"] = ["Engine", "Storage"],
        ["Grains.Interfaces"] = ["Engine"],
        ["Grains"] = ["Engine", "Storage", "Grains.Interfaces"],

        // The first start makes a small world and trains on it.
        ["Api"] = ["Engine", "Storage", "Training", "Embedded"],
        ["Silo"] = ["Api", "Grains", "Grains.Interfaces", "Engine", "Storage"],
        ["Cli"] = ["Engine", "Storage", "Training", "Embedded", "Api"],
    };

    private static readonly string[] s_notInTheEngine =
        ["Microsoft.Extensions.", "Microsoft.AspNetCore.", "System.Net.", "Orleans", "Npgsql", "Microsoft.Data."];

    [Fact]
    public void Projects_References_PointDownTheFloors()
    {
        var projects = Directory.GetFiles(Path.Combine(FindRoot(), "src"), "*.csproj", SearchOption.AllDirectories);
        Assert.NotEmpty(projects);
        foreach (var path in projects)
        {
            var name = NameOf(path);
            Assert.True(s_allowed.ContainsKey(name), $"{path}: the project '{name}' has no floor in this test's table.");
            Assert.Equal(name, Path.GetFileName(Path.GetDirectoryName(path)));
            foreach (var reference in ReferencesOf(path))
            {
                Assert.True(s_allowed[name].Contains(reference), $"{name} refers to {reference}; allowed: {string.Join(", ", s_allowed[name])}.");
            }
        }
    }

    [Fact]
    public void Allowed_Table_HasNoCycle()
    {
        var placed = new HashSet<string>(StringComparer.Ordinal);
        while (s_allowed.Keys.FirstOrDefault(name => !placed.Contains(name) && s_allowed[name].All(placed.Contains)) is { } next)
        {
            placed.Add(next);
        }

        Assert.Equal(s_allowed.Keys.Order(StringComparer.Ordinal), placed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Engine_ReferencedAssemblies_KnowNoNetworkNorHost()
    {
        var names = typeof(UserTaste).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name!).ToArray();
        Assert.NotEmpty(names);
        Assert.DoesNotContain(names, name => s_notInTheEngine.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)));
    }

    [Fact]
    public void Engine_Methods_AreNotAsynchronous()
    {
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var methods = typeof(UserTaste).Assembly.GetTypes().SelectMany(type => type.GetMethods(All)).ToArray();
        Assert.True(methods.Length > 100, $"Expected the engine's methods, got {methods.Length}.");
        Assert.Empty(methods.Where(method => IsAsynchronous(method.ReturnType)).Select(method => $"{method.DeclaringType}.{method.Name}"));
        Assert.Empty(methods
            .Where(method => method.GetCustomAttribute<System.Runtime.CompilerServices.AsyncStateMachineAttribute>() is not null)
            .Select(method => $"{method.DeclaringType}.{method.Name}"));
    }

    [Theory]
    [InlineData(typeof(Task), true)]
    [InlineData(typeof(Task<int>), true)]
    [InlineData(typeof(ValueTask<string>), true)]
    [InlineData(typeof(IAsyncEnumerable<int>), true)]
    [InlineData(typeof(IEnumerable<int>), false)]
    [InlineData(typeof(void), false)]
    public void IsAsynchronous_KnownTypes_TellsThemApart(Type type, bool expected) => Assert.Equal(expected, IsAsynchronous(type));

    private static bool IsAsynchronous(Type type) =>
        typeof(Task).IsAssignableFrom(type)
        || type == typeof(ValueTask)
        || (type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(ValueTask<>)
            || type.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>)
            || type.GetGenericTypeDefinition() == typeof(IAsyncEnumerator<>)));

    private static IEnumerable<string> ReferencesOf(string project) => XDocument.Load(project).Descendants()
        .Where(element => element.Name.LocalName == "ProjectReference")
        .Select(element => NameOf(element.Attribute("Include")!.Value.Replace('\\', '/')));

    private static string NameOf(string project)
    {
        const string Prefix = "Buddies.";
        var file = Path.GetFileNameWithoutExtension(project);
        return file.StartsWith(Prefix, StringComparison.Ordinal) ? file[Prefix.Length..] : file;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Buddies.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Buddies.sln above {AppContext.BaseDirectory}.");
    }
}
