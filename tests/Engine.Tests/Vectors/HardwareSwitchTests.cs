using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text.RegularExpressions;

namespace Buddies.Engine.Tests.Vectors;

/// <summary>Runs the kernel tests again, in a process of their own, as if the CPU were an older one.</summary>
public sealed class HardwareSwitchTests
{
    internal const string Trait = "Category";
    internal const string Kernels = "Kernels";

    /// <summary>Names the switch that the child runs under; the child checks that it took effect.</summary>
    internal const string ChildVariable = "BUDDIES_KERNEL_TESTS_UNDER";

    [Theory]
    [InlineData("EnableAVX512")]
    [InlineData("EnableAVXVNNI")]
    [InlineData("EnableAVX2")]
    [InlineData("EnableHWIntrinsic")]
    public async Task Kernels_OnALesserCpu_PassTheSameTests(string name)
    {
        Assert.Null(Environment.GetEnvironmentVariable(ChildVariable));
        var start = new ProcessStartInfo(FindDotnet()) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["vstest", typeof(HardwareSwitchTests).Assembly.Location, $"--TestCaseFilter:{Trait}={Kernels}"])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_" + name] = "0";
        start.Environment["DOTNET_" + name + "F"] = "0"; // EnableAVX512 was EnableAVX512F before .NET 10.
        start.Environment[ChildVariable] = name;

        using var child = Process.Start(start)!;
        var errors = child.StandardError.ReadToEndAsync();
        var output = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();

        var everything = $"{output}{Environment.NewLine}{await errors}";
        var counts = Regex.Match(output, @"Failed:\s*0, Passed:\s*(\d+), Skipped:\s*0");
        Assert.True(child.ExitCode == 0 && counts.Success, everything);
        Assert.Equal(CountKernelTests(), int.Parse(counts.Groups[1].Value, CultureInfo.InvariantCulture));
    }

    private static int CountKernelTests() => typeof(HardwareSwitchTests).Assembly.GetTypes()
        .Where(type => type.GetCustomAttributesData().Any(data =>
            data.AttributeType == typeof(TraitAttribute) && Equals(data.ConstructorArguments[1].Value, Kernels)))
        .SelectMany(type => type.GetMethods())
        .Sum(method => method.GetCustomAttribute<FactAttribute>() switch
        {
            null => 0,
            TheoryAttribute => method.GetCustomAttributes<InlineDataAttribute>().Count(),
            _ => 1,
        });

    private static string FindDotnet() =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
}

[Trait(HardwareSwitchTests.Trait, HardwareSwitchTests.Kernels)]
public sealed class HardwareSwitchChildTests
{
    [Fact]
    public void Switch_InTheChild_TookEffect()
    {
        switch (Environment.GetEnvironmentVariable(HardwareSwitchTests.ChildVariable))
        {
            case "EnableAVX512":
                Assert.False(Vector512.IsHardwareAccelerated);
                Assert.False(Avx512F.IsSupported);
                break;
            case "EnableAVXVNNI":
                Assert.False(AvxVnni.IsSupported);
                break;
            case "EnableAVX2":
                Assert.False(Vector512.IsHardwareAccelerated);
                Assert.False(Avx2.IsSupported);
                break;
            case "EnableHWIntrinsic":
                Assert.False(Vector256.IsHardwareAccelerated);
                Assert.False(Sse41.IsSupported);
                break;
            case { } other:
                Assert.Fail($"Unknown switch {other}.");
                break;
        }
    }
}
