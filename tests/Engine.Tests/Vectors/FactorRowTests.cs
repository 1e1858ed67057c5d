using Buddies.Engine.Vectors;

namespace Buddies.Engine.Tests.Vectors;

[Trait(HardwareSwitchTests.Trait, HardwareSwitchTests.Kernels)]
public sealed class FactorRowTests
{
    [Fact]
    public void Widen_EveryLength_IsExactAndClearsTheRest()
    {
        for (var length = 0; length <= 256; length++)
        {
            var source = new float[length];
            var random = new Random(length);
            for (var i = 0; i < length; i++)
            {
                source[i] = i % 7 == 6 ? float.NaN : (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-40, 38)));
            }

            var destination = new double[length + 9];
            Array.Fill(destination, 5);
            FactorRows.Widen(source, destination);
            Assert.Equal([.. source.Select(value => (double)value), .. new double[9]], destination);
        }

        Assert.Throws<ArgumentException>(() => FactorRows.Widen(new float[5], new double[4]));
    }

    [Fact]
    public void Prefetch_EveryLength_ChangesNothing()
    {
        for (var length = 0; length <= 256; length++)
        {
            var row = Enumerable.Range(0, length).Select(i => (float)i).ToArray();
            FactorRows.Prefetch(row);
            Assert.Equal(Enumerable.Range(0, length).Select(i => (float)i), row);
        }
    }
}
