#!/usr/bin/env bash
# Measures the engine's model, ours beside the peers, and writes one JSON file for each program:
#
#   benchmarks/run.sh OUT            # OUT is made; on a machine with an NVIDIA GPU: DEVICE=GPU benchmarks/run.sh OUT
#
# Each program measures the memory's copy rate in its own run. Nothing is downloaded; weights are random.
#
#   DEVICE     CPU or GPU (CPU)
#   SIZES      1.3b, l, small (width 768, 12 layers) or tiny, to try the programs (1.3b on a GPU, else small)
#   BATCHES    1,8,32,64 on a GPU, else 1,4
#   PREFILL    lengths of prompts (72,768,4096,16384 on a GPU, else 72,768)
#   CONTEXTS   lengths of contexts behind which steps are timed (1024,4096,16384,32768 on a GPU, else none)
#   REQUESTS   how often whole requests are timed (5 on a GPU, else 0)
#   PRECISIONS float32 bfloat16, on a CPU int8 too, which there is how weights are stored (float32 bfloat16)
#   SERVING    clients that draw pictures over HTTP, a load each (64,32,1 on a GPU, else none); half of the first ask
#              about photos. The platform is started as ./omnimamba serve does
#   COMMAND    starts the command line in place of ./omnimamba
#   ONLY       names of the programs to run, such as "decode-bfloat16 peers"; on a CPU startup-bfloat16 (minutes) runs
#              only if it is named
#   DIR        folder for the start-up's model, some gigabytes (TMPDIR or /tmp)
#   JAVA, CLASSES   a java command and a class path, where the build is somewhere else
set -euo pipefail

[ $# -eq 1 ] || { sed -n '2,/^set/p' "$0" | sed '$d; s/^# \{0,1\}//' >&2; exit 2; }
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
device=${DEVICE:-CPU}
if [ "$device" = GPU ]; then
  sizes=${SIZES:-1.3b} batches=${BATCHES:-1,8,32,64} prefill=${PREFILL:-72,768,4096,16384} requests=${REQUESTS:-5}
  contexts=${CONTEXTS-1024,4096,16384,32768}
  layout=STACKED slots=${SLOTS:-64} serving=${SERVING-64,32,1}
else
  sizes=${SIZES:-small} batches=${BATCHES:-1,4} prefill=${PREFILL:-72,768} requests=${REQUESTS:-0} contexts=${CONTEXTS:-}
  layout=SEPARATE slots=${SLOTS:-4} serving=${SERVING:-}
fi
java=${JAVA:-java}
classes=${CLASSES:-}
if [ -z "$classes" ]; then
  platform=linux-x86_64
  [ "$device" = CPU ] || platform=linux-x86_64-gpu
  (cd "$root" && ./mvnw -q -pl benchmarks -am -DskipTests -Dspotless.check.skip "-Dtensorflow.platform=$platform" package \
    dependency:build-classpath -Dmdep.outputFile=target/classpath -DincludeScope=runtime) >&2
  classes=$root/benchmarks/target/classes:$(cat "$root/benchmarks/target/classpath")
fi

wanted() { [ -z "${ONLY:-}" ] || [[ " $ONLY " = *" $1 "* ]]; }

# measure NAME PROGRAM ARGUMENT...
measure() {
  local name=$1 program=$2
  shift 2
  wanted "$name" || return 0
  echo "run.sh: $name" >&2
  # shellcheck disable=SC2086
  if $java -cp "$classes" "org.omnimamba.benchmarks.$program" "$@" >"$out/$name.json.part"; then
    mv "$out/$name.json.part" "$out/$name.json"
  else
    echo "run.sh: $name failed" >&2
    failed=1
  fi
}

failed=0
for precision in ${PRECISIONS:-float32 bfloat16}; do
  kind=FLOAT32
  case $precision in
    float32) storage=F32 ;;
    bfloat16) storage=BF16 ;;
    int8)
      storage=INT8
      [ "$device" = CPU ] || { echo "run.sh: int8 is for the CPU; a GPU widens it when it loads a model" >&2; exit 2; }
      ;;
    *) echo "run.sh: no precision $precision" >&2; exit 2 ;;
  esac
  # a CPU computes in float32 whatever it stores
  [ "$precision" = float32 ] || [ "$device" = CPU ] || kind=BFLOAT16
  common=(--device "$device" --storage "$storage" --precision "$kind")
  state=F32
  # as docker-compose.gpu.yml and the chart run it
  [ "$kind" = FLOAT32 ] || state=F16
  measure "decode-$precision" DecodeBenchmark "${common[@]}" --layout "$layout" --state "$state" --sizes "$sizes" --slots "$slots" \
    --batches "$batches" --prefill "$prefill" --contexts "$contexts" --requests "$requests" --steps 100
  # the towers have no weights in int8
  [ "$precision" = int8 ] || measure "vision-$precision" VisionBenchmark "${common[@]}" --compile "$([ "$device" = GPU ] && echo true || echo false)"
done
if [ "$device" = GPU ] || [ -n "${ONLY:-}" ]; then
  precision=FLOAT32 state=F32
  [ "$device" = CPU ] || precision=BFLOAT16 state=F16
  measure startup-bfloat16 StartupBenchmark --device "$device" --sizes "$sizes" --slots "$slots" --layout "$layout" \
    --precision "$precision" --state "$state" --dir "${DIR:-${TMPDIR:-/tmp}}"
fi
if [ -n "$serving" ]; then
  clients=${serving%%,*}
  measure serving serving.ServingLoad --device "$device" --sizes "$sizes" --slots "$slots" --windows "$batches" --pictures "$serving" \
    --photos "$(((clients + 1) / 2))" --command "${COMMAND:-$root/omnimamba}" --dir "${DIR:-${TMPDIR:-/tmp}}"
fi
if [ "$device" = GPU ] && wanted peers; then
  echo "run.sh: peers" >&2
  python3 "$root/benchmarks/peers/peers.py" --out "$out/peers.json" >/dev/null || failed=1
fi
exit "$failed"
