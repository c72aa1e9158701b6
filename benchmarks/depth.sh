#!/usr/bin/env bash
# Compares the language model at its full size and depth with a second implementation in float64, and writes OUT/depth.md:
# relative errors of what a sequence's slot keeps of each layer, after a prompt and after single tokens, and of the logits.
# On the CPU, in float32; 10 GB of memory and some minutes for the 1.3B model:
#
#   benchmarks/depth.sh OUT          # OUT is made; MODEL=DIR benchmarks/depth.sh OUT takes a model directory's weights
#
# DeepModelTest does the same with a narrow model in each build.
#
#   MODEL      1.3b or l, with random weights, or a model directory (1.3b)
#   JAVA, CLASSES   a java command and a class path with the model's tests, where the build is somewhere else
set -euo pipefail

[ $# -eq 1 ] || { sed -n '2,/^set/p' "$0" | sed '$d; s/^# \{0,1\}//' >&2; exit 2; }
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
classes=${CLASSES:-}
if [ -z "$classes" ]; then
  (cd "$root" && ./mvnw -q -pl model -am -DskipTests -Dspotless.check.skip package \
    dependency:build-classpath -Dmdep.outputFile=target/test-classpath -DincludeScope=test) >&2
  classes=$root/model/target/test-classes:$root/model/target/classes:$(cat "$root/model/target/test-classpath")
fi
# shellcheck disable=SC2086
${JAVA:-java} -Xmx4g -Dorg.bytedeco.javacpp.maxBytes=0 -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 -Djava.awt.headless=true \
  -cp "$classes" org.omnimamba.model.runtime.language.FullSizeComparison "$out/depth.md" "${MODEL:-1.3b}"
cat "$out/depth.md"
