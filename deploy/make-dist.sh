#!/usr/bin/env bash
# Makes the distribution: bin/omnimamba, lib/, the demo model, licences and SBOM. It runs without Maven, on Java 17 or newer.
#   deploy/make-dist.sh              builds, and writes standalone/target/omnimamba-VERSION.tar.gz
#   deploy/make-dist.sh --built DIR  writes the archive of what "mvnw package" has built to DIR
# OMNIMAMBA_TENSORFLOW=linux-x86_64-gpu names another TensorFlow than that for Linux without a GPU.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
target=$root/standalone/target

lay_out() {
  local folder=$1 jar entries entry name bill=$target/classes/META-INF/sbom/application.cdx.json
  [ -f "$bill" ] || { echo "there is no $bill: Maven makes it only without -o" >&2; exit 1; }
  mkdir -p "$folder/bin" "$folder/lib" "$folder/models"
  cp "$root/standalone/src/main/dist/omnimamba" "$folder/bin/"
  cp "$root/standalone/src/main/dist/launch.sh" "$folder/lib/"
  cp -R "$root/models/omnimamba-emoji" "$folder/models/"
  cp "$root/LICENSE" "$folder/"
  # the parent of this library, which names its licence, was not published
  sed '/org\.tensorflow:tensorflow-core-native:/s/(Unknown license)/(Apache-2.0)/' \
    "$target/licenses/THIRD-PARTY.txt" >"$folder/THIRD-PARTY.txt"
  cp "$bill" "$folder/sbom.cdx.json"
  jar=("$target"/omnimamba-standalone-*.jar)
  IFS=: read -r -a entries <<<"$(cat "$target/classpath")"
  for entry in "${jar[0]}" "${entries[@]}"; do
    name=${entry##*/}
    [ -f "$entry" ] || { echo "$entry is no jar: build with 'mvnw package'" >&2; exit 1; }
    [ ! -e "$folder/lib/$name" ] || { echo "two libraries are named $name" >&2; exit 1; }
    ln "$entry" "$folder/lib/$name" 2>/dev/null || cp "$entry" "$folder/lib/$name"
    echo "$name" >>"$folder/lib/classpath"
  done
}

cd "$root"
if [ "${1:-}" = --built ]; then
  archives=${2:?a folder}
else
  archives=$target
  ./mvnw -q -pl standalone -am -DskipTests -Dspotless.check.skip \
    "-Dtensorflow.platform=${OMNIMAMBA_TENSORFLOW:-linux-x86_64}" package
fi
version=$(unzip -p "$target"/omnimamba-standalone-*.jar org/omnimamba/standalone/cli/version.txt)
name=omnimamba-$version
# beside the jars, which can be linked within one file system alone
work=$(mktemp -d "$target/dist.XXXXXX")
trap 'rm -rf "$work"' EXIT
lay_out "$work/$name"
# the same bytes from the same commit; jars are compressed already
tar -C "$work" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u+rw,go+r-w -cf - "$name" \
  | gzip -n -1 >"$archives/$name.tar.gz"
echo "$archives/$name.tar.gz"
