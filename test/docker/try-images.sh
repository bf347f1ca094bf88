#!/usr/bin/env bash
# Tries the build steps of our Dockerfiles without Docker: each FROM is a bare Debian made by debootstrap, each RUN happens in
# it by chroot, each COPY copies. Root only, network needed, a few minutes. Usage:
#   test/docker/try-images.sh [--run] [folder]
# builds into folder/asterisk and folder/hotline (without a folder all is removed); with --run starts both and makes a call.
# A "node" image is played by Debian 12 with this machine's own Node.
set -euo pipefail

[ "$(id -u)" = 0 ] || { echo 'Root only: it needs chroot and mount.' >&2; exit 2; }
# In a mount namespace of our own: whatever is mounted below is gone when we are.
[ "${1:-}" = --inside ] || exec unshare --mount --propagation private "$0" --inside "$@"
shift

run=no
if [ "${1:-}" = --run ]; then run=yes && shift; fi
project=$(cd "$(dirname "$0")/../.." && pwd)
folder=${1:-$(mktemp -d)}
mkdir -p "$folder"
[ -n "${1:-}" ] || trap 'umount "$folder"/*/proc "$folder"/*/dev 2>/dev/null || true; rm -rf --one-file-system "$folder"' EXIT

mirror=$(apt-get indextargets --format '$(SITE)' | grep -m 1 -E '/debian/?$')
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

say() { printf '\n== %s\n' "$1"; }

find_debootstrap() {
  if command -v debootstrap > /dev/null; then
    debootstrap=debootstrap
    return
  fi
  mkdir -p "$folder/tools"
  (cd "$folder/tools" && apt-get download -q debootstrap && dpkg-deb -x debootstrap_*.deb .)
  export DEBOOTSTRAP_DIR="$folder/tools/usr/share/debootstrap"
  debootstrap="$folder/tools/usr/sbin/debootstrap"
}

# $1: an image's name as FROM has it; $2: the folder to be
bare_image() {
  local suite=bookworm
  case $1 in
    debian:*) suite=${1#debian:} suite=${suite%-slim} ;;
    node:*) ;;
    *) echo "No bare folder stands for $1." >&2; exit 1 ;;
  esac
  # An old debootstrap does not know the newest suites, which are made as sid is.
  "$debootstrap" --variant=minbase --keyring="$keyring" "$suite" "$2" "$mirror" "${DEBOOTSTRAP_DIR:-/usr/share/debootstrap}/scripts/sid" > "$2.log" 2>&1 \
    || { tail -n 20 "$2.log" >&2; exit 1; }
  # As in Debian's images: no service starts at its installation.
  printf '#!/bin/sh\nexit 101\n' > "$2/usr/sbin/policy-rc.d"
  chmod +x "$2/usr/sbin/policy-rc.d"
  # A mirror that is a snapshot is past its date; its signature is checked all the same.
  echo 'Acquire::Check-Valid-Until "false";' > "$2/etc/apt/apt.conf.d/99snapshot"
  cp /etc/resolv.conf "$2/etc/resolv.conf"
  mount -t proc proc "$2/proc"
  case $1 in node:*) give_node "$2" ;; esac
}

give_node() {
  install -D "$(readlink -f "$(command -v node)")" "$1/usr/local/bin/node"
  mkdir -p "$1/usr/local/lib/node_modules"
  cp -r "$(readlink -f "$(npm root --global)/npm")" "$1/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$1/usr/local/bin/npm"
  # Where this machine's way to the registry needs a certificate of its own, so does the one from inside.
  [ -z "${NODE_EXTRA_CA_CERTS:-}" ] || install -D "$NODE_EXTRA_CA_CERTS" "$1$NODE_EXTRA_CA_CERTS"
}

# $1: a Dockerfile; $2: the folder to be
build() {
  local steps=0 workdir=/ began=$SECONDS word rest
  while read -r word rest; do
    case $word in
      FROM) say "$1: FROM $rest" && bare_image "$rest" "$2" ;;
      RUN) say "RUN $rest" && chroot "$2" /bin/sh -c "cd $workdir && $rest" ;;
      WORKDIR) workdir=$rest && mkdir -p "$2$workdir" ;;
      COPY) copy "$2" "$workdir" $rest ;;
      USER | CMD | ENTRYPOINT) ;;
      *) echo "$1: this script does not know $word." >&2; exit 1 ;;
    esac
    steps=$((steps + 1))
  done < <(sed -e '/^ *#/d' -e '/^ *$/d' "$project/$1" | sed -e ':a' -e '/\\$/{N;s/\\\n */ /;ba' -e '}')
  say "$1: all $steps steps in $((SECONDS - began)) s, $(du -sh --one-file-system "$2" | cut -f 1)"
}

# $1: the image's folder; $2: its WORKDIR; then the sources; last the target, as COPY has them
copy() {
  local root=$1 target=${*: -1}
  case $target in /*) ;; *) target=$2/$target ;; esac
  local sources=("${@:3:$#-3}")
  say "COPY ${sources[*]} $target"
  for source in "${sources[@]}"; do
    if [ -d "$project/$source" ]; then
      mkdir -p "$root$target"
      tar -C "$project" --anchored --exclude-from="$project/.dockerignore" -cf - "$source" \
        | tar -C "$root$target" --strip-components="$(tr / '\n' <<< "$source" | wc -l)" -xf -
    else
      case ${*: -1} in */) mkdir -p "$root$target" ;; *) mkdir -p "$root$(dirname "$target")" ;; esac
      cp "$project/$source" "$root$target"
    fi
  done
}

find_debootstrap
build docker/asterisk/Dockerfile "$folder/asterisk"
build docker/hotline/Dockerfile "$folder/hotline"

say 'What is in them'
chroot "$folder/asterisk" asterisk -V
chroot "$folder/asterisk" id hotline
chroot "$folder/hotline" node --version
# The packages are found and the settings are read: without any, it says what is missing and ends with code 2.
code=0
chroot "$folder/hotline" sh -c 'cd /usr/share/hotline && HOTLINE_EMBEDDED=never node bin/hotline.js start' || code=$?
[ "$code" = 2 ] || { echo "hotline start without settings ended with code $code, not 2." >&2; exit 1; }
say 'Both images can be built.'

if [ "$run" = yes ]; then
  for image in asterisk hotline; do mount --bind /dev "$folder/$image/dev"; done
  (cd "$project" && node --import tsx test/docker/run-images.ts "$folder")
  umount "$folder"/*/dev
fi
