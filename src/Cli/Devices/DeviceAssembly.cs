using System.Reflection;
using System.Runtime.Loader;
using Buddies.Training.Devices;

namespace Buddies.Cli.Devices;

/// <summary>
/// Loads an assembly that computes elsewhere, with the packages and native libraries that lie beside it. The tool does not
/// refer to it: without it, it is the same tool.
/// </summary>
internal sealed class DeviceAssembly : AssemblyLoadContext
{
    private static readonly HashSet<string> s_ours = FindOurs();

    private readonly AssemblyDependencyResolver _beside;

    private DeviceAssembly(string path)
        : base(Path.GetFileNameWithoutExtension(path)) => _beside = new AssemblyDependencyResolver(path);

    /// <summary>Loads it.</summary>
    /// <param name="path">The assembly.</param>
    /// <returns>Its factory.</returns>
    /// <exception cref="UsageException">It is no such assembly, or is of another version of the tool.</exception>
    public static ITrainingDeviceFactory Load(string path)
    {
        try
        {
            var assembly = new DeviceAssembly(path).LoadFromAssemblyPath(path);
            var type = assembly.GetExportedTypes().FirstOrDefault(type => typeof(ITrainingDeviceFactory).IsAssignableFrom(type) && !type.IsAbstract);
            return type is null
                ? throw new UsageException($"{path} has no {nameof(ITrainingDeviceFactory)} of this tool's version.")
                : (ITrainingDeviceFactory)Activator.CreateInstance(type)!;
        }
        catch (Exception e) when (e is BadImageFormatException or FileLoadException or FileNotFoundException or TypeLoadException)
        {
            throw new UsageException($"{path} cannot be loaded: {e.Message}");
        }
    }

    /// <inheritdoc/>
    /// <remarks>What the tool has is the tool's: two copies of a type are two types.</remarks>
    protected override Assembly? Load(AssemblyName assemblyName) =>
        assemblyName.Name is { } name && !s_ours.Contains(name) && _beside.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;

    /// <inheritdoc/>
    protected override IntPtr LoadUnmanagedDll(string unmanagedDllName) =>
        _beside.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : IntPtr.Zero;

    /// <summary>The names of what the tool was started with.</summary>
    private static HashSet<string> FindOurs() =>
        [.. ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "").Split(Path.PathSeparator).Select(path => Path.GetFileNameWithoutExtension(path))];
}
