#!/usr/bin/env bash
# Runs the model's tests against the reference's numbers on one device, and writes OUT/oracle.md and OUT/oracle.log:
#
#   benchmarks/oracle.sh OUT         # OUT is made; on a machine with an NVIDIA GPU: DEVICE=GPU benchmarks/oracle.sh OUT
#
# Every class has a process of its own, so that a crash takes nothing else along; oracle.md is written anew
# whenever one ends. The exit status is 1 if a test failed or a class gave no result.
#
#   DEVICE     CPU or GPU (CPU)
#   ONLY       names of the classes to run, such as "LanguageModelGoldenTest Bfloat16OracleTest"
#   JOBS       classes that run at once (4 on a GPU, else 1)
#   JAVA, CLASSES   a java command and a class path with the model's tests, where the build is somewhere else
set -euo pipefail

[ $# -eq 1 ] || { sed -n '2,/^set/p' "$0" | sed '$d; s/^# \{0,1\}//' >&2; exit 2; }
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
device=${DEVICE:-CPU}
jobs=${JOBS:-1}
[ "$device" = CPU ] || jobs=${JOBS:-4}
java=${JAVA:-java}
classes=${CLASSES:-}
if [ -z "$classes" ]; then
  platform=linux-x86_64
  [ "$device" = CPU ] || platform=linux-x86_64-gpu
  (cd "$root" && ./mvnw -q -pl model -am -DskipTests -Dspotless.check.skip "-Dtensorflow.platform=$platform" package \
    dependency:build-classpath -Dmdep.outputFile=target/test-classpath -DincludeScope=test) >&2
  classes=$root/model/target/test-classes:$root/model/target/classes:$(cat "$root/model/target/test-classpath")
fi

# the slow ones first
tests=(runtime.language.LanguageModelGoldenTest runtime.language.LanguageModelTest GenerationOracleTest
  runtime.language.MixedStepTest runtime.language.Bfloat16OracleTest graph.mamba.BackboneGoldenTest
  runtime.vision.ImageTokenizerTest runtime.vision.VisionEncoderTest runtime.language.LanguageModelBehavioursTest
  graph.vision.VisionTowerTest graph.vq.VqTokenizerTest graph.mamba.TokenDrawTest graph.mamba.ChunkedScanTest
  device.DeviceProgramTest)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
log=$out/oracle.log
: >"$log"

# run FILE [CLASS]
run() {
  # shellcheck disable=SC2086
  $java -Xmx2g -Djava.awt.headless=true "-Domnimamba.test.device=$device" -cp "$classes" \
    org.omnimamba.model.testing.OracleRun "$@"
}

# Float32 means float32: TensorFlow multiplies in TF32 on a GPU, through NVIDIA's libraries, which the first variable
# forbids, and through kernels that XLA generates with Triton, which knows no such variable and stays out.
exactly() {
  [ "$device" = CPU ] || export NVIDIA_TF32_OVERRIDE=0 XLA_FLAGS="${XLA_FLAGS:-} --xla_gpu_enable_triton_gemm=false"
}

# measure CLASS: leaves $work/CLASS, and $work/CLASS.failed if something went wrong
measure() {
  local name=${1##*.}
  (
    # processes share the GPU's memory
    export TF_FORCE_GPU_ALLOW_GROWTH=true
    # products in bfloat16 are measured as they are served
    [ "$name" = Bfloat16OracleTest ] || exactly
    run "$work/$name.part" "org.omnimamba.model.$1" >"$work/$name.log" 2>&1
  ) || touch "$work/$name.failed"
  [ -f "$work/$name.part" ] || echo "| $name | gave no result | | | |" >"$work/$name.part"
  mv "$work/$name.part" "$work/$name"
  { echo "== $name"; cat "$work/$name.log"; } >>"$log"
  echo "oracle.sh: $(head -1 "$work/$name")" >&2
}

report() {
  local test ended=()
  for test in "${tests[@]}"; do [ ! -f "$work/${test##*.}" ] || ended+=("$work/${test##*.}"); done
  {
    echo "# The model's tests against the reference on the $device"
    echo
    echo "$date, $processor; $(cat "$work/versions")"
    echo
    echo "| class | passed | failed | skipped | seconds |"
    echo "| --- | --- | --- | --- | --- |"
    for test in "${ended[@]}"; do head -1 "$test"; done
    echo
    for test in "${ended[@]}"; do tail -n +2 "$test"; done
  } >"$out/oracle.md.part"
  mv "$out/oracle.md.part" "$out/oracle.md"
}

date=$(date -u +%F)
processor=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -1)
[ "$device" = CPU ] || processor=$(nvidia-smi --query-gpu=name,driver_version --format=csv,noheader 2>/dev/null | head -1) || true
run "$work/versions" >>"$log" 2>&1 || { cat "$log" >&2; exit 1; }

running=0
for test in "${tests[@]}"; do
  [ -z "${ONLY:-}" ] || [[ " $ONLY " = *" ${test##*.} "* ]] || continue
  if [ "$running" -ge "$jobs" ]; then
    wait -n || true
    running=$((running - 1))
    report
  fi
  measure "$test" &
  running=$((running + 1))
done
while [ "$running" -gt 0 ]; do
  wait -n || true
  running=$((running - 1))
  report
done
cat "$out/oracle.md"
[ -z "$(find "$work" -name '*.failed')" ]
