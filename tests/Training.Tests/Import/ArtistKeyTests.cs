using Buddies.Training.Import;

namespace Buddies.Training.Tests.Import;

public sealed class ArtistKeyTests
{
    [Theory]
    [InlineData("The Beatles", "artist:beatles")]
    [InlineData("  beatles ", "artist:beatles")]
    [InlineData("Beyoncé", "artist:beyonce")]
    [InlineData("Beyonce\u0301", "artist:beyonce")]
    [InlineData("Simon & Garfunkel", "artist:simonandgarfunkel")]
    [InlineData("simon and garfunkel", "artist:simonandgarfunkel")]
    [InlineData("AC/DC", "artist:acdc")]
    [InlineData("坂本龍一", "artist:坂本龍一")]
    [InlineData("ＡＢＢＡ", "artist:abba")]
    [InlineData("방탄소년단", "artist:\u1107\u1161\u11BC\u1110\u1161\u11AB\u1109\u1169\u1102\u1167\u11AB\u1103\u1161\u11AB")]
    [InlineData("Кино", "artist:кино")]
    [InlineData("The The", "artist:the")]
    [InlineData("The !!!", "artist:the")]
    [InlineData("!!!", "artist:!!!")]
    [InlineData("The", "artist:the")]
    [InlineData("2Pac", "artist:2pac")]
    [InlineData("𝔐usic", "artist:music")]
    public void From_Name_GivesKey(string name, string expected) => Assert.Equal(expected, ArtistKey.From(name).Value);

    [Fact]
    public void From_OverlongName_StaysAnIdAndStaysDifferent()
    {
        var first = ArtistKey.From(new string('a', 300) + "1").Value;
        var second = ArtistKey.From(new string('a', 300) + "2").Value;

        Assert.Equal(128, first.Length);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void From_Blank_Throws() => Assert.Throws<ArgumentException>(() => ArtistKey.From("  "));
}
