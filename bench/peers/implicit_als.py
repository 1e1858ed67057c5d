#!/usr/bin/env python3
"""Trains implicit's ALS on a file of rows and times its epochs: the peer of `buddies bench train`.

usage: implicit_als.py ROWS DIMENSION EPOCHS THREADS SOLVER FACTORS
  ROWS     a line for each user: the user's number, then the items' numbers, as `evaluate split` reads it
  SOLVER   cg (the library's default: three conjugate gradient steps) or cholesky
  FACTORS  where the item factors go: float32, little endian, row-major, one row for each item up to the highest number

The last line on stdout is JSON: version, secondsPerEpoch (mean of all but the first epoch), items.
Exit code 3: the library is not here; stdout says why.
Needs: pip install implicit
"""
import json
import sys

try:
    import implicit
    import numpy
    import scipy.sparse
    from implicit.cpu.als import AlternatingLeastSquares
except ImportError as error:
    print(f"{error}; pip install implicit")
    sys.exit(3)

# What `buddies bench train` trains with: a fact weighs 1 + 3.7, a pair without one 1.
ALPHA = 4.7
REGULARIZATION = 0.01


def read_rows(path):
    users, items = [], []
    with open(path, encoding="ascii") as file:
        for line in file:
            numbers = [int(word) for word in line.split()]
            users += [numbers[0]] * (len(numbers) - 1)
            items += numbers[1:]
    values = numpy.ones(len(users), dtype=numpy.float32)
    return scipy.sparse.csr_matrix((values, (users, items)))


def main():
    path, dimension, epochs, threads, solver, factors = sys.argv[1:]
    rows = read_rows(path)
    model = AlternatingLeastSquares(
        factors=int(dimension),
        regularization=REGULARIZATION,
        alpha=ALPHA,
        iterations=int(epochs),
        num_threads=int(threads),
        use_cg=solver == "cg",
        random_state=1,
    )
    seconds = []
    model.fit(rows, show_progress=False, callback=lambda epoch, elapsed, loss: seconds.append(elapsed))
    numpy.asarray(model.item_factors, dtype="<f4").tofile(factors)
    print(json.dumps({
        "version": implicit.__version__,
        "secondsPerEpoch": sum(seconds[1:]) / max(1, len(seconds) - 1),
        "items": int(model.item_factors.shape[0]),
    }))


main()
