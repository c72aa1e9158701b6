#!/usr/bin/env bash
# Builds the images of docker/Dockerfile with buildah: no engine, no daemon. Says of each how long it took and how large its
# layers are.
#   deploy/build-images.sh [TARGET...]     gateway-service job-service inference-service, unless others are named
#   TAG=0.1.0  REGISTRY=registry.example   how the images are named; without REGISTRY they are local
#   STAND_INS=1  in place of the base images, which come from a registry: Debian with this machine's JDK (JAVA_25, or the
#                newest in /usr/lib/jvm) and Maven. For machines that reach Debian and Maven Central but no registry of images
# inference-service-gpu cannot be built on stand-ins, which have no CUDA; then its jars and libraries are (target "build").
# Needs root, buildah and jq; with STAND_INS also mmdebstrap.
set -euo pipefail
cd "$(dirname "$0")/.."

tag=${TAG:-0.1.0}
prefix=${REGISTRY:+$REGISTRY/}omnimamba
targets=("$@")
[ "${#targets[@]}" -gt 0 ] || targets=(gateway-service job-service inference-service)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# a base image named $1 from the folder $2
import() {
  local container
  container=$(buildah from scratch)
  buildah add -q "$container" "$2" / >/dev/null
  buildah config --env PATH=/opt/java/openjdk/bin:/opt/maven/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    --env JAVA_HOME=/opt/java/openjdk --env LANG=C.UTF-8 "$container"
  buildah commit -q --rm "$container" "$1" >/dev/null
}

make_stand_ins() {
  local jdk=${JAVA_25:-} root=$work/root
  [ -n "$jdk" ] || jdk=$(find /usr/lib/jvm -maxdepth 1 -name '*25*' -type d | sort | tail -n 1)
  [ -x "$jdk/bin/jlink" ] || { echo "no JDK 25: set JAVA_25" >&2; exit 1; }
  echo "making stand-ins for the base images with $jdk" >&2
  mmdebstrap --quiet --variant=minbase --include=ca-certificates bookworm "$root" >&2
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
  mkdir -p "$root/opt/java"
  # all modules but jlink's own, which a JDK without packaged modules cannot copy
  "$jdk/bin/jlink" --no-header-files --no-man-pages --output "$root/opt/java/openjdk" --add-modules \
    "$("$jdk/bin/java" --list-modules | sed 's/@.*//' | grep -v -e '^jdk.jlink$' -e '^jdk.jpackage$' | paste -sd,)" >&2
  import docker.io/library/eclipse-temurin:25-jre-noble "$root"
  rm -rf "$root/opt/java/openjdk"
  cp -aL "$jdk" "$root/opt/java/openjdk"
  ./mvnw -B -q org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy -N \
    -Dartifact=org.apache.maven:apache-maven:3.9.11:tar.gz:bin "-DoutputDirectory=$work" >&2
  mkdir -p "$root/opt/maven"
  tar -xzf "$work"/apache-maven-*.tar.gz -C "$root/opt/maven" --strip-components 1
  import docker.io/library/maven:3.9-eclipse-temurin-25 "$root"
  rm -rf "$root"
}

# the layers of image $1, in MB, the base first; tiny ones (settings) are left out
layers() {
  local store
  store=$(buildah info | jq -r '.store.GraphRoot + "/" + .store.GraphDriverName')
  jq -r --arg id "$(buildah inspect --type image --format '{{.FromImageID}}' "$1")" \
    --slurpfile images "$store-images/images.json" '
      (map({(.id): .}) | add) as $layers
      | [$images[0][] | select(.id == $id) | .layer | recurse($layers[.].parent // empty)]
      | reverse | map(($layers[.]["diff-size"] // 0) / 1e6 | round | select(. > 0)) | join(" + ")' \
    "$store-layers/layers.json"
}

pull=()
if [ -n "${STAND_INS:-}" ]; then
  make_stand_ins
  pull=(--pull-never)
fi
build() {
  buildah bud --isolation chroot --network host --layers "${pull[@]}" -f docker/Dockerfile "$@" .
}

echo "| image | seconds | MB | layers, MB |"
echo "| --- | --- | --- | --- |"
for target in "${targets[@]}"; do
  arguments=(--target "$target")
  [[ $target != *-gpu ]] || arguments+=(--build-arg TENSORFLOW=linux-x86_64-gpu)
  name=$prefix/$target:$tag
  if [[ $target = *-gpu && -n ${STAND_INS:-} ]]; then
    arguments[1]=build
    name=localhost/$target-build:$tag
  fi
  begun=$SECONDS
  build -t "$name" "${arguments[@]}" >"$work/$target.log" 2>&1 || { tail -n 40 "$work/$target.log" >&2; exit 1; }
  size=$(buildah images --json "$name" | jq -r '.[0].size')
  echo "| $name | $((SECONDS - begun)) | $size | $(layers "$name") |"
done
