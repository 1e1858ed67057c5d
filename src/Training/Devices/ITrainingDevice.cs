using Buddies.Training.Als;
using Buddies.Training.Facts;
using Buddies.Training.Rankers;
using Buddies.Training.Rankers.Bpr;

namespace Buddies.Training.Devices;

/// <summary>
/// Where factors are computed other than by this project's own kernels: the same objectives from the same start, equal to
/// the kernels' results within a tolerance. Found at run time, so that who trains on processors carries none of its packages.
/// </summary>
public interface ITrainingDevice : IDisposable
{
    /// <summary>
    /// What computes, in which precision: <c>torch cpu double</c>. Kept epochs of one name are not gone on with under another.
    /// </summary>
    string Name { get; }

    /// <summary>Whether it computes on the processors after all.</summary>
    bool IsOnProcessors { get; }

    /// <summary>Begins one training by implicit ALS.</summary>
    /// <param name="rows">Listeners' rows and side rows, [rows × tracks].</param>
    /// <param name="columns">The same entries by track, [tracks × rows].</param>
    /// <param name="tracks">Y at the start, row-major, [tracks × d].</param>
    /// <param name="options">The constants, checked.</param>
    /// <param name="cancellationToken">Stops between blocks of rows.</param>
    /// <returns>The training; its owner disposes of it.</returns>
    IAlsSteps BeginAls(SparseRows rows, SparseRows columns, float[] tracks, AlsOptions options, CancellationToken cancellationToken);

    /// <summary>The trainer of <see cref="BprTrainer"/>'s objective.</summary>
    /// <param name="options">The constants.</param>
    IRankerTrainer CreateBpr(BprOptions options);
}

/// <summary>What an assembly that is found at run time has one public class of, with a constructor without parameters.</summary>
public interface ITrainingDeviceFactory
{
    /// <summary>Opens the device.</summary>
    /// <param name="place">Where: <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>. <c>auto</c> takes a GPU where there is one.</param>
    /// <param name="precision"><c>double</c> or <c>single</c>.</param>
    /// <exception cref="TrainingException">Its native libraries are not here, or there is no such place.</exception>
    /// <exception cref="ArgumentException">A name is unknown.</exception>
    ITrainingDevice Open(string place, string precision);
}
