using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Vectors;
using FsCheck;
using FsCheck.Fluent;

namespace Buddies.Engine.Tests.Buddies.Cells;

/// <summary>Something that happens to the cells, and to the model beside them.</summary>
internal sealed record CellsStep(CellsStepKind Kind, int User, int Other, int Seed)
{
    public static Gen<CellsStep> Any(int users) =>
        from kind in Gen.Frequency(
            (10, Gen.Constant(CellsStepKind.Move)),
            (4, Gen.Constant(CellsStepKind.Activate)),
            (4, Gen.Elements(Enum.GetValues<CellsStepKind>())))
        from user in Gen.Choose(0, users - 1)
        from other in Gen.Choose(0, users - 1)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select new CellsStep(kind, user, other, seed);

    public void Take(BuddyCells index, BuddyModel model, int dimension)
    {
        switch (Kind)
        {
            case CellsStepKind.Move:
                var vector = Target(model, dimension);
                index.Move(User, vector);
                model.Move(User, vector, index.CellOf(User));
                break;
            case CellsStepKind.Leave:
                index.Remove(User);
                model.Remove(User);
                break;
            case CellsStepKind.Activate when index.IsResident(User):
                index.Activate(User);
                model.Active.Add(User);
                break;
            case CellsStepKind.Deactivate:
                index.Deactivate(User);
                model.Active.Remove(User);
                break;
            case CellsStepKind.Hide or CellsStepKind.Show when index.IsResident(User):
                index.SetInvisible(User, Kind == CellsStepKind.Hide);
                model.SetInvisible(User, Kind == CellsStepKind.Hide);
                break;
            case CellsStepKind.Block or CellsStepKind.Unblock when User != Other:
                if (Kind == CellsStepKind.Block)
                {
                    index.Block(User, Other);
                }
                else
                {
                    index.Unblock(User, Other);
                }

                model.Block(User, Other, Kind == CellsStepKind.Block);
                break;
        }
    }

    /// <summary>Mostly a small step from where it is, now and then anywhere, now and then onto another's very place.</summary>
    private float[] Target(BuddyModel model, int dimension)
    {
        var random = new Random(Seed);
        var target = BuddyCellsModelTests.MakeVector(random, dimension);
        if (Seed % 11 == 0 && model.Find(Other) is { } twin)
        {
            return [.. twin];
        }

        if (Seed % 5 > 0 && model.Find(User) is { } before)
        {
            for (var i = 0; i < dimension; i++)
            {
                target[i] = (0.93f * before[i]) + (0.07f * target[i]);
            }

            VectorKernels.Normalize(target);
        }

        return target;
    }
}

internal enum CellsStepKind
{
    Move,
    Leave,
    Activate,
    Deactivate,
    Hide,
    Show,
    Block,
    Unblock,
}
