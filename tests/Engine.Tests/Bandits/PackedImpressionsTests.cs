using Buddies.Engine.Bandits;
using Buddies.Engine.Identifiers;
using FsCheck;
using FsCheck.Fluent;

namespace Buddies.Engine.Tests.Bandits;

public sealed class PackedImpressionsTests
{
    private static readonly float[] s_numbers = [0, 1, -0f, -1, 0.25f, 1e-42f, float.NaN, float.PositiveInfinity, float.MaxValue, 3.1415927f];

    [Fact]
    public void Of_AnyCards_GivesEachBackBitForBit() => Property.ForSequences(Card(), 70, 200, cards =>
    {
        var packed = PackedImpressions.Of(cards);
        Assert.Equal(cards.Length, packed.Count);
        for (var i = 0; i < cards.Length; i++)
        {
            AssertSame(cards[i], packed[i]);
            Assert.Equal(cards[i].Playlist, packed.PlaylistAt(i));
        }

        Assert.Equal(cards.Select(card => card.Playlist), packed.Select(card => card.Playlist));
    });

    [Fact]
    public void Of_APageOfSixShelves_TakesAThirdAtMost()
    {
        var page = SixShelves(new Random(1));
        var packed = PackedImpressions.Of(page).Bytes;
        var plain = PlainBytes(page);
        Assert.True(packed * 3 < plain, $"{packed} bytes packed, {plain} plain");
    }

    [Fact]
    public void Pack_OfAPage_KeepsItsIdsAndUnpacksToCardsThatStay()
    {
        var page = new ShownPage(new UserId("u"), 7, 9, "p", 3, new SnapshotVersion(2), 1, PageSlice.Policy, SixShelves(new Random(2)));
        var packed = page.Pack();
        Assert.Same(packed, packed.Pack());
        Assert.Same(page, page.Unpack());
        Assert.Equal(page.Cards.Select(page.IdOf), packed.Cards.Select(packed.IdOf));
        var unpacked = packed.Unpack();
        Assert.Same(unpacked.Cards[3], unpacked.Cards[3]);
        AssertSame(page.Cards[3], unpacked.Cards[3]);
    }

    private static void AssertSame(Impression expected, Impression actual)
    {
        float[][] none = [];
        Assert.Equal(expected with { Choices = none }, actual with { Choices = none });
        Assert.Equal(
            expected.Choices.Select(row => row.Select(BitConverter.SingleToInt32Bits)),
            actual.Choices.Select(row => row.Select(BitConverter.SingleToInt32Bits)));
    }

    /// <summary>Six shelves of ten; the first five places of each drawn among the next five candidates, as the policy does.</summary>
    private static Impression[] SixShelves(Random random)
    {
        var cards = new List<Impression>();
        for (var shelf = 0; shelf < 6; shelf++)
        {
            var propensity = random.NextDouble();
            var candidates = Enumerable.Range(0, 15).Select(_ => Features(random)).ToArray();
            for (var place = 0; place < 10; place++)
            {
                var among = candidates[place..(place < 5 ? place + 5 : place + 1)];
                cards.Add(new Impression(
                    Shelves.All[shelf], shelf, propensity, place, random.NextDouble(), (ulong)random.NextInt64(), new PlaylistId($"p{shelf}-{place}"), 0, among));
            }
        }

        return [.. cards];
    }

    private static float[] Features(Random random)
    {
        var features = new float[CardFeatures.Count];
        features[0] = 1;
        for (var i = 1; i < features.Length; i++)
        {
            features[i] = random.Next(2) == 0 ? 0 : random.NextSingle();
        }

        return features;
    }

    /// <summary>What a page takes that is not packed: an object a card, an array of its choices, and each row of features once.</summary>
    private static long PlainBytes(Impression[] page)
    {
        const int Header = 16;
        const int Card = Header + 64; // Three references, three int32, three of eight bytes, with padding.
        var rows = page.SelectMany(card => card.Choices).Distinct(ReferenceEqualityComparer.Instance).Count();
        return page.Sum(card => IntPtr.Size + Card + Header + 8 + ((long)IntPtr.Size * card.Choices.Count)) + (rows * (Header + 8L + (sizeof(float) * CardFeatures.Count)));
    }

    private static Gen<Impression> Card()
    {
        var number = Gen.Elements(s_numbers);
        var row = from length in Gen.Choose(0, 19) from values in number.ArrayOf(length) select values;
        return
            from rows in row.NonEmptyListOf()
            from shelf in Gen.Elements("a", "b", "c")
            from at in Gen.Choose(0, 300)
            from position in Gen.Choose(0, 70_000)
            from propensity in Gen.Elements(0, 1, 0.1, double.Epsilon, double.NaN)
            from set in Gen.Choose(int.MinValue, int.MaxValue)
            from again in Gen.Choose(0, 2)
            from chosen in Gen.Choose(0, rows.Count - 1)
            select new Impression(
                shelf, at, propensity, position, propensity / 3, (ulong)set * 0x9E37_79B9_7F4A_7C15, new PlaylistId($"{shelf}{at}"), chosen,
                [.. rows, .. Enumerable.Repeat(rows[0], again)]);
    }
}
