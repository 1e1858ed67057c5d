namespace Buddies.Cli.Bench.Profile;

/// <summary>What processor time went into, as shares of the whole of one or more processes.</summary>
/// <param name="Serialisation">Codecs of what travels between silos, their buffers and converters.</param>
/// <param name="Storage">The stores and the driver of the database, in this process.</param>
/// <param name="Engine">Facts, vectors, cells, pages.</param>
/// <param name="Http">The HTTP server, reading and writing of bodies.</param>
/// <param name="Orleans">Messages, scheduling and placement of grains, but for serialisation.</param>
/// <param name="Runtime">Grains, partitions and what else of the product is neither engine nor storage.</param>
/// <param name="Other">Managed code that nothing of these has called.</param>
/// <param name="Collector">Threads of the garbage collector.</param>
/// <param name="Compiler">Threads that compile.</param>
/// <param name="Kernel">In the kernel: sockets, files, scheduling of threads.</param>
/// <param name="Samples">Stacks found running.</param>
internal sealed record ProcessorShares(
    double Serialisation,
    double Storage,
    double Engine,
    double Http,
    double Orleans,
    double Runtime,
    double Other,
    double Collector,
    double Compiler,
    double Kernel,
    long Samples);
