#!/usr/bin/env bash
# Builds the peers' drivers into bin/ beside this script (or into $1). Says for each, on stdout,
#   NAME: built PATH
# or, when its library is not installed or does not compile,
#   NAME: absent: WHY
# Needs: apt-get install g++ libhnswlib-dev libfaiss-dev libopenblas-dev
set -u
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/bin}
mkdir -p "$out" || exit 1
flags=(-O3 -march=native -std=c++17 -Wall -Wextra)

# build NAME SOURCE HEADER PACKAGE LIBRARY…
build() {
  local name=$1 source=$2 header=$3 package=$4
  shift 4
  local program=$out/${source%.cpp}
  if ! command -v g++ >/dev/null; then
    echo "$name: absent: no g++ here (apt-get install g++)"
  elif ! echo "#include <$header>" | g++ -std=c++17 -E -x c++ - >/dev/null 2>&1; then
    rm -f "$program"
    echo "$name: absent: no <$header> here (apt-get install $package)"
  elif [ "$program" -nt "$here/$source" ] && [ "$program" -nt "$here/driver.h" ] && [ "$program" -nt "$here/build.sh" ]; then
    echo "$name: built $program"
  elif g++ "${flags[@]}" -isystem /usr/include/hnswlib "$here/$source" -o "$program" "$@" >&2; then
    echo "$name: built $program"
  else
    rm -f "$program"
    echo "$name: absent: $source does not compile or link here; see stderr"
  fi
}

build hnswlib hnswlib_moves.cpp hnswlib/hnswlib.h libhnswlib-dev -pthread
build faiss_ivf faiss_ivf_moves.cpp faiss/IndexIVFFlat.h "libfaiss-dev libopenblas-dev" -fopenmp -lfaiss -lopenblas
