using System.Globalization;
using System.Reflection;

namespace Buddies.Grains.Tests;

/// <summary>What travels between silos of different versions stays readable: names and numbers are on a committed list.</summary>
public sealed class WireTests
{
    [Fact]
    public void Contracts_EqualTheCommittedList()
    {
        var actual = Describe().Order(StringComparer.Ordinal).ToArray();
        var expected = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "wire.txt"));
        Assert.True(
            expected.SequenceEqual(actual),
            "The wire has changed. A line may be added; one that is taken away or changed cuts silos of this version off from those before. tests/Grains.Tests/wire.txt would be:\n"
            + string.Join('\n', actual));
    }

    [Fact]
    public void Contracts_EveryMessageAndMethod_HasAnAlias()
    {
        var types = typeof(IListenerGrain).Assembly.GetTypes();
        var messages = types.Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>() is not null).ToArray();
        Assert.NotEmpty(messages);
        Assert.All(messages, type => Assert.NotNull(type.GetCustomAttribute<AliasAttribute>()));
        var methods = types.Where(IsGrainInterface).SelectMany(type => type.GetMethods()).ToArray();
        Assert.NotEmpty(methods);
        Assert.All(methods, method => Assert.NotNull(method.GetCustomAttribute<AliasAttribute>()));
    }

    private static IEnumerable<string> Describe()
    {
        foreach (var type in typeof(IListenerGrain).Assembly.GetTypes())
        {
            if (type.GetCustomAttribute<AliasAttribute>() is not { } alias)
            {
                continue;
            }

            if (IsGrainInterface(type))
            {
                foreach (var method in type.GetMethods())
                {
                    var parameters = string.Join(", ", method.GetParameters().Select(p => Name(p.ParameterType)));
                    yield return $"{alias.Alias}.{method.GetCustomAttribute<AliasAttribute>()?.Alias}({parameters}) {Name(method.ReturnType)}";
                }
            }
            else
            {
                foreach (var property in type.GetProperties())
                {
                    if (property.GetCustomAttribute<IdAttribute>() is { } id)
                    {
                        yield return string.Create(CultureInfo.InvariantCulture, $"{alias.Alias} {id.Id} {property.Name} {Name(property.PropertyType)}");
                    }
                }
            }
        }
    }

    private static bool IsGrainInterface(Type type) => type.IsInterface && typeof(Orleans.Runtime.IAddressable).IsAssignableFrom(type);

    private static string Name(Type type) =>
        type.IsArray ? $"{Name(type.GetElementType()!)}[]"
        : type.IsGenericType ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.Name;
}
