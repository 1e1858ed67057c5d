#!/usr/bin/env bash
# Lists packages of the solution, and what they need in turn, that have a known weakness or are given up by their makers.
# Exit code 0: none. 1: at least one. 2: the question could not be answered.
set -uo pipefail
cd "$(dirname "$0")/.."

found=0
for what in vulnerable deprecated; do
    if ! report=$(dotnet list Buddies.sln package "--$what" --include-transitive --format json); then
        echo "$report" >&2
        echo "dotnet list package --$what failed" >&2
        exit 2
    fi

    # A feed that does not know answers nothing; that is not the same as no weakness.
    if grep -q '"level": "error"' <<<"$report"; then
        grep '"text"' <<<"$report" >&2
        exit 2
    fi

    packages=$(grep -B3 -E '"(vulnerabilities|deprecationReasons)"' <<<"$report" | grep -oE '"id": "[^"]+"' | sort -u)
    if [ -n "$packages" ]; then
        found=1
        echo "$what:"
        echo "$packages"
    fi
done

[ $found -eq 0 ] && echo "No vulnerable or deprecated package is known."
exit $found
