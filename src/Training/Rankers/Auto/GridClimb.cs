namespace Buddies.Training.Rankers.Auto;

/// <summary>Finds a good point of a grid: from a start one step at a time along one axis, as long as that helps.</summary>
internal static class GridClimb
{
    /// <summary>Climbs.</summary>
    /// <param name="axes">The values of each axis, ascending.</param>
    /// <param name="start">The values to begin with; the nearest of each axis is taken.</param>
    /// <param name="judge">How good a point is; more is better. Asked once for each point.</param>
    /// <param name="tell">Told each point and what was said of it, in the order asked.</param>
    /// <returns>The best point seen and what was said of it.</returns>
    public static (double[] Point, double Score) Climb(double[][] axes, double[] start, Func<double[], double> judge, Action<double[], double> tell)
    {
        var at = axes.Select((axis, i) => Nearest(axis, start[i])).ToArray();
        var known = new Dictionary<string, double>();
        var best = Ask(at);
        for (var isMoving = true; isMoving;)
        {
            isMoving = false;
            for (var axis = 0; axis < axes.Length; axis++)
            {
                foreach (var step in (ReadOnlySpan<int>)[1, -1])
                {
                    // A step that helps is taken again, and its opposite not tried.
                    var helped = false;
                    while (at[axis] + step >= 0 && at[axis] + step < axes[axis].Length)
                    {
                        at[axis] += step;
                        var score = Ask(at);
                        if (score <= best)
                        {
                            at[axis] -= step;
                            break;
                        }

                        (best, helped, isMoving) = (score, true, true);
                    }

                    if (helped)
                    {
                        break;
                    }
                }
            }
        }

        return (PointOf(at), best);

        double Ask(int[] place)
        {
            var key = string.Join(',', place);
            if (!known.TryGetValue(key, out var score))
            {
                known.Add(key, score = judge(PointOf(place)));
                tell(PointOf(place), score);
            }

            return score;
        }

        double[] PointOf(int[] place) => [.. place.Select((i, axis) => axes[axis][i])];
    }

    private static int Nearest(double[] axis, double value) =>
        Enumerable.Range(0, axis.Length).MinBy(i => Math.Abs(axis[i] - value));
}
