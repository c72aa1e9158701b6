#!/usr/bin/env bash
# The way of a released checkpoint through the command line, at its full size and with random weights: writes a .pth with
# the names and shapes of OmniMamba-1.3B, converts, inspects and serves it, draws a picture and asks about a photo over
# HTTP. Writes seconds and peak resident memory of each process into OUT/full-size.md:
#
#   benchmarks/full-size.sh OUT      # OUT is made
#
# Needs Linux, curl, jq, 19 GB of disk in OUT and 15 GB of memory. What is large is deleted at the end.
#
#   SIZES      1.3b, l, small or tiny, to try the script (1.3b)
#   DTYPE      f32 or bf16: type of the weights written by convert (f32)
#   SERVE      options of serve (--device cpu), such as "--device cpu --set omnimamba.inference.engine.slots=2"
#   COMMAND    starts the command line in place of ./omnimamba
#   JAVA, CLASSES   a java command and a class path, where the build is somewhere else
set -euo pipefail

[ $# -eq 1 ] || { sed -n '2,/^set/p' "$0" | sed '$d; s/^# \{0,1\}//' >&2; exit 2; }
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
java=${JAVA:-java}
command=${COMMAND:-$root/omnimamba}
dtype=${DTYPE:-f32}
classes=${CLASSES:-}
if [ -z "$classes" ]; then
  (cd "$root" && ./mvnw -q -pl benchmarks -am -DskipTests -Dspotless.check.skip package \
    dependency:build-classpath -Dmdep.outputFile=target/classpath -DincludeScope=runtime) >&2
  classes=$root/benchmarks/target/classes:$(cat "$root/benchmarks/target/classpath")
fi
# builds what is missing, so that it is not measured
"$command" --version >&2

work=$out/work
mkdir "$work"
server=
end() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null && wait "$server"; } || true
  rm -rf "$work"
}
trap end EXIT
report=$out/full-size.md

# peak PID: its largest resident memory in kB; nothing when it has ended
peak() { sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$1/status" 2>/dev/null || true; }

# row WHAT SECONDS KILOBYTES
row() { printf '| %s | %s | %s |\n' "$1" "$2" "$(awk "BEGIN { printf \"%.2f GB\", $3 * 1024 / 1e9 }")" | tee -a "$report" >&2; }

# seconds since the time in nanoseconds
since() { awk "BEGIN { printf \"%.1f s\", ($(date +%s%N) - $1) / 1e9 }"; }

# measure WHAT PROGRAM ARGUMENT...: runs it and writes its row
measure() {
  local what=$1 begun most=0 now
  shift
  begun=$(date +%s%N)
  "$@" &
  local child=$!
  while kill -0 "$child" 2>/dev/null; do
    now=$(peak "$child")
    most=${now:-$most}
    sleep 0.1
  done
  wait "$child" || { echo "full-size.sh: $what failed" >&2; exit 1; }
  row "$what" "$(since "$begun")" "$most"
}

{
  echo "# A checkpoint of the full size through the command line, $(date -u +%F)"
  echo
  echo "${SIZES:-1.3b}, $dtype, random weights; serve ${SERVE:---device cpu};" \
    "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) processors, load average $(cut -d' ' -f1 /proc/loadavg);" \
    "$($java -version 2>&1 | head -1)"
  echo
  echo "| step | time | peak resident memory |"
  echo "| --- | ---: | ---: |"
} >"$report"

# shellcheck disable=SC2086
measure "writing the \`.pth\`" $java -Xmx2g -cp "$classes" org.omnimamba.benchmarks.SyntheticCheckpoint "${SIZES:-1.3b}" "$work/checkpoint.pth"
bytes=$(stat -c %s "$work/checkpoint.pth")
options=()
# the width tells the released sizes alone
case ${SIZES:-1.3b} in
  1.3b | l) ;;
  *) options=(--config "$work/config.json") ;;
esac
measure "\`convert\` of $bytes bytes" "$command" convert "$work/checkpoint.pth" "$work/model" --dtype "$dtype" "${options[@]}"
rm "$work/checkpoint.pth"
measure "\`inspect --verify\`" "$command" inspect --verify "$work/model" >"$out/inspect.txt"

begun=$(date +%s%N)
# shellcheck disable=SC2086
OMNIMAMBA_HOME=$work/home "$command" serve --model "$work/model" --port 0 ${SERVE:---device cpu} >"$work/said" &
server=$!
until grep -q 'API key: in' "$work/said"; do
  kill -0 "$server" 2>/dev/null || { echo "full-size.sh: serve ended" >&2; exit 1; }
  sleep 0.5
done
row "\`serve\` until it is ready" "$(since "$begun")" "$(peak "$server")"
url=$(sed -n 's/^OmniMamba is ready at \([^ ]*\).*/\1/p' "$work/said")
key=$(cat "$(sed -n 's/.*API key: in //p' "$work/said" | head -1)")

# post PATH: sends standard input, prints the answer; anything but 200 is a failure
post() {
  curl -sS --fail-with-body --max-time 7200 "$url/v1/$1" -H "Authorization: Bearer $key" -H 'Content-Type: application/json' -d @-
}

begun=$(date +%s%N)
echo '{"prompt": "a red apple on a wooden table", "seed": 1}' | post images/generations >"$work/picture.json"
jq -re '.data[0].b64_json' "$work/picture.json" | base64 -d >"$out/picture.png"
row "one picture" "$(since "$begun")" "$(peak "$server")"

begun=$(date +%s%N)
jq -n --arg photo "data:image/png;base64,$(base64 -w0 "$root/model/src/test/resources/oracle/photo-97x61.png")" '{max_tokens: 16,
  messages: [{role: "user", content: [{type: "text", text: "What is this?"}, {type: "image_url", image_url: {url: $photo}}]}]}' |
  post chat/completions >"$out/answer.json"
jq -e '.choices[0].message.content and .usage.completion_tokens > 0' "$out/answer.json" >/dev/null
row "one question about a photo, $(jq .usage.completion_tokens "$out/answer.json") tokens behind $(jq .usage.prompt_tokens "$out/answer.json")" \
  "$(since "$begun")" "$(peak "$server")"
cat "$report"
