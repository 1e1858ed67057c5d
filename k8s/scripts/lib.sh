# shellcheck shell=bash
# What the scripts of this folder share; not run by itself.
set -euo pipefail

k8s=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
me=$(basename "$0")

say() { echo "$me: $*" >&2; }
die() { say "$*"; exit 1; }
bad_usage() { say "$*; see $me --help"; exit 2; }

# Prints the comment at the head of the script, which is its help.
help() {
  sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0"
  exit 0
}

need() {
  local program
  for program in "$@"; do
    command -v "$program" >/dev/null || die "$program is not installed"
  done
}

# call METHOD URL [JSON]: the answer's body. The key comes from BUDDIES_KEY and never stands on a command line.
call() {
  local method=$1 url=$2 body=${3-} answer code
  local -a options=(--silent --show-error --max-time 60 --request "$method" --write-out '\n%{http_code}')
  [ -z "$body" ] || options+=(--header 'Content-Type: application/json' --data "$body")
  answer=$(curl "${options[@]}" --config <(key_header) "$url") || die "$method $url: no answer"
  code=${answer##*$'\n'}
  answer=${answer%$'\n'*}
  if [ "$code" -ge 300 ]; then
    say "$method $url: $code $(jq -r '"\(.type // "") \(.detail // .title // "")"' <<<"$answer" 2>/dev/null || echo "$answer")"
    return 1
  fi
  printf '%s\n' "$answer"
}

key_header() {
  [ -z "${BUDDIES_KEY-}" ] || printf 'header = "Authorization: Bearer %s"\n' "$BUDDIES_KEY"
}

# prometheus URL QUERY: the first value of the result; nothing where there is none.
prometheus() {
  curl --silent --show-error --fail --max-time 60 --get --data-urlencode "query=$2" "$1/api/v1/query" \
    | jq -r '.data.result[0].value[1] // empty'
}

# namespace_of OVERLAY
namespace_of() {
  sed -n 's/^namespace: //p' "$k8s/overlays/$1/kustomization.yaml"
}

# rendered OVERLAY TAG: the manifests with our images at that tag; an empty tag leaves the overlay's own.
rendered() {
  [ -d "$k8s/overlays/$1" ] || bad_usage "there is no overlay $1"
  kubectl kustomize "$k8s/overlays/$1" \
    | if [ -n "$2" ]; then sed -E "s#^( *(- )?image: .*buddies[-/](server|trainer)):[^ ]+\$#\1:$2#"; else cat; fi
}
