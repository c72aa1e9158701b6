#!/usr/bin/env bash
# The paper's claims in small: decoupled against shared vocabularies, task adapters against none, two stages against one.
#
#   models/recipes/emoji/ablations/run.sh WORK      # WORK as train.sh left it: pictures, image tokens, tokenizer, towers
#
# Every variant sees the same pictures, captions and questions equally often: both tasks' batches are equal in all pieces, and the
# variant of one stage takes the steps of both stages. Each is trained with several seeds (initial values, order, dropout), then
# measured with the right tokens given ('score'). The table with means and deviations goes to WORK/ablations/ablations.md.
#
#   SEEDS           "1 2 3"
#   LANGUAGE_STEPS, STAGE1_STEPS, STAGE2_STEPS    300, 600, 900
#   LANGUAGE_BATCH, T2I_BATCH, MMU_BATCH          256, 128, 64
#   CONFIG                                        sizes of the model other than the demo's, with its towers and image tokens
#   DEVICE, TOY, OMNIMAMBA                        as for train.sh; on a CPU products are float32
set -euo pipefail

[ $# -eq 1 ] || { sed -n '2,/^set/p' "$0" | sed '$d; s/^# \{0,1\}//' >&2; exit 2; }
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
recipe=$(dirname "$here")
work=$(cd "$1" && pwd)
omnimamba=${OMNIMAMBA:-$(cd "$recipe/../../.." && pwd)/omnimamba}
device=${DEVICE:-GPU}
case $device in
  [Gg][Pp][Uu]) export OMNIMAMBA_TENSORFLOW=${OMNIMAMBA_TENSORFLOW:-linux-x86_64-gpu} ;;
esac
config=${CONFIG:-$recipe/config.json}
language_steps=${LANGUAGE_STEPS:-300}
stage1_steps=${STAGE1_STEPS:-600}
stage2_steps=${STAGE2_STEPS:-900}
language_batch=${LANGUAGE_BATCH:-256}
t2i_batch=${T2I_BATCH:-128}
mmu_batch=${MMU_BATCH:-64}
limit=400
toy=()
[ "$device" != CPU ] || toy=(--set run.precision=float32)
if [ -n "${TOY:-}" ]; then
  config=$recipe/toy/config.json
  language_steps=2 stage1_steps=2 stage2_steps=2 language_batch=2 t2i_batch=2 mmu_batch=2 limit=8
  toy=(--set run.compile=false --set run.precision=float32)
fi
out=$work/ablations
mkdir -p "$out"
for needed in data/image-tokens-train.jsonl data/image-tokens-heldout.jsonl tokenizer.json towers/trained.safetensors; do
  [ -f "$work/$needed" ] || { echo "run.sh: there is no $work/$needed; run train.sh first" >&2; exit 1; }
done

# one table for both vocabularies has room for both
number() { sed -n "s/.*\"$1\" *: *\([0-9]*\).*/\1/p" "$config" | head -n 1; }
sed "s/\(\"text_vocab_padded\" *: *\)[0-9]*/\1$(($(number text_vocab_padded) + $(number image_vocab)))/" "$config" >"$out/shared.json"

# train YAML OUTPUT MODEL STEPS SEED PARTS OPTION...
train() {
  local yaml=$1 output=$2 model=$3 steps=$4 seed=$5 parts=$6
  shift 6
  [ ! -f "$work/$output/trained.safetensors" ] || return 0
  echo "run.sh: $output" >&2
  "$omnimamba" train --config "$recipe/$yaml" --set "work=$work" --set "output=$output" --set "model=$model" --set "run.device=$device" \
    --set "run.steps=$steps" --set run.max_minutes=0 --set "run.seed=$seed" --set "initial_seed=$seed" --set "parts=[$parts]" \
    --set "optimizer.warmup_steps=$((steps / 10 + 1))" "${toy[@]}" "$@" >/dev/null
}

# variant NAME MODEL STAGES SEED [NAME=VALUE of objectives]: ends with a line in scores.txt
variant() {
  local name=$1 model=$2 stages=$3 seed=$4 adapters=${5:-true} vocabulary=${6:-decoupled}
  local folder=ablations/$name-$seed language
  language=ablations/language-$(basename "$model" .json)-$seed
  grep -qs "^$name $seed " "$out/scores.txt" && return 0
  train 03-language.yaml "$language" "$model" "$language_steps" "$seed" "" --set "data.batch_size=$language_batch"
  local parts="towers/trained.safetensors, $language/trained.safetensors"
  local steps=$((stage1_steps + stage2_steps))
  if [ "$stages" = 2 ]; then
    steps=$stage2_steps
    train 04-t2i.yaml "$folder/t2i" "$model" "$stage1_steps" "$seed" "$parts" --set "data.batch_size=$t2i_batch" \
      --set "objective.adapters=$adapters" --set "objective.vocabulary=$vocabulary"
    train 05-mmu.yaml "$folder/mmu" "$model" "$stage1_steps" "$seed" "$parts" --set "data.batch_size=$mmu_batch" \
      --set "objective.adapters=$adapters"
    parts="$parts, $folder/mmu/trained.safetensors, $folder/t2i/trained.safetensors"
  fi
  train 06-joint.yaml "$folder/joint" "$model" "$steps" "$seed" "$parts" --set "data.t2i.batch_size=$t2i_batch" \
    --set "data.mmu.batch_size=$mmu_batch" --set "objective.adapters=$adapters" --set "objective.vocabulary=$vocabulary"
  local files=()
  IFS=', ' read -r -a files <<<"$parts"
  # a score that is cut off leaves no line, so that the variant is measured again
  "$omnimamba" score --config "$model" --data "$work/data" --tokenizer "$work/tokenizer.json" --device "$device" --limit "$limit" \
    --vocabulary "$vocabulary" "${files[@]/#/$work/}" "$work/$folder/joint/trained.safetensors" >"$out/score.tmp"
  sed "s/^/$name $seed /" "$out/score.tmp" >>"$out/scores.txt"
  rm "$out/score.tmp"
}

for seed in ${SEEDS:-1 2 3}; do
  variant paper "$config" 2 "$seed"
  variant one-stage "$config" 1 "$seed"
  variant no-adapters "$config" 2 "$seed" false
  variant shared-vocabulary "$out/shared.json" 2 "$seed" true shared
done

# lines of scores.txt: variant, seed, split, loss and accuracy of image tokens, exact names in percent
awk '
  function mean(key, i) { return sum[key, i] / count[key] }
  function deviation(key, i,   n) { n = count[key]; return n < 2 ? 0 : sqrt((square[key, i] - sum[key, i] ^ 2 / n) / (n - 1) + 1e-18) }
  { key = $1 " " $3; if (!($1 in known)) { known[$1]; order[++variants] = $1 }
    count[key]++; for (i = 4; i <= 6; i++) { sum[key, i] += $i; square[key, i] += $i ^ 2 } }
  END {
    print "| variant | seeds | image-token loss, seen | held out | exact name, seen | held out |"
    print "| --- | --- | --- | --- | --- | --- |"
    for (v = 1; v <= variants; v++) { a = order[v] " train"; b = order[v] " heldout"
      printf "| %s | %d | %.3f ± %.3f | %.3f ± %.3f | %.1f ± %.1f %% | %.1f ± %.1f %% |\n", order[v], count[a],
        mean(a, 4), deviation(a, 4), mean(b, 4), deviation(b, 4), mean(a, 6), deviation(a, 6), mean(b, 6), deviation(b, 6) }
  }' "$out/scores.txt" | tee "$out/ablations.md"
