#!/usr/bin/env bash
# Trains the demo model from an empty folder to a model directory with its figures:
#
#   models/recipes/emoji/train.sh WORK            # WORK is made where it does not exist
#
# Each piece is one command. A piece that is done is skipped, one that was interrupted goes on, so the script can be stopped and
# started again at any time. To do a piece anew, delete its folder in WORK (and those of the pieces that build on it).
#
#   DEVICE   GPU or CPU (GPU); for a GPU, ./omnimamba is built with TensorFlow for CUDA unless OMNIMAMBA_TENSORFLOW says otherwise
#   DEVICES  GPUs that share the language model's batches (all that nvidia-smi counts, where they divide them)
#   MINUTES  factor for the steps of each training and the minutes that it may take (1); 0.5 halves both. At least 0.3: the image
#            tokenizer needs steps behind those in which it turns into a quantizer
#   TOY      when set, small parts, a few steps, a few pictures: shows in minutes, on a CPU too, that every piece works
#   MODEL    the model directory that is made (WORK/omnimamba-emoji)
#   OMNIMAMBA  the command (./omnimamba of this repository)
#   EVALUATE   more options for evaluate, such as "--limit 100"
set -euo pipefail

[ $# -eq 1 ] || { sed -n '2,/^set/p' "$0" | sed '$d; s/^# \{0,1\}//' >&2; exit 2; }
recipe=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$recipe/../../.." && pwd)
mkdir -p "$1"
work=$(cd "$1" && pwd)
device=${DEVICE:-GPU}
# TensorFlow for CPUs, which ./omnimamba is built with by default, knows no GPU
case $device in
  [Gg][Pp][Uu]) export OMNIMAMBA_TENSORFLOW=${OMNIMAMBA_TENSORFLOW:-linux-x86_64-gpu} ;;
esac
model=${MODEL:-$work/omnimamba-emoji}
omnimamba=${OMNIMAMBA:-$root/omnimamba}
config=$recipe/config.json
evaluate=${EVALUATE:-}
if [ -n "${TOY:-}" ]; then
  config=$recipe/toy/config.json
  evaluate=${EVALUATE:---limit 4}
fi

# shellcheck source=models/recipes/training.sh
. "$recipe/../training.sh"

# 1. pictures with names, and the tokenizer of texts
if [ ! -f "$work/data/pictures.json" ] || [ ! -f "$work/tokenizer.json" ]; then
  say "preparing the pictures"
  "$omnimamba" prepare --out "$work/data" --tokenizer "$work/tokenizer.json" --downloads "$work/downloads"
fi

# 2. the image parts
train "$recipe/01-vq.yaml"
train "$recipe/02-towers.yaml"

# 3. image tokens of all pictures
if [ ! -f "$work/data/image-tokens-train.jsonl" ] || [ ! -f "$work/data/image-tokens-heldout.jsonl" ]; then
  say "tokenizing the pictures"
  "$omnimamba" tokenize --config "$config" --data "$work/data" --device "$device" "$(trained 01-vq.yaml)"
fi

# 4. the backbone on text; stage 1 for each task; stage 2 for both
train "$recipe/03-language.yaml"
train "$recipe/04-t2i.yaml"
train "$recipe/05-mmu.yaml"
train "$recipe/06-joint.yaml"

# 5. the model, and its figures
if [ ! -f "$model/config.json" ]; then
  say "writing $model"
  parts=()
  for yaml in "$recipe"/0[1-6]-*.yaml; do
    parts+=("$(trained "$(basename "$yaml")")")
  done
  licenses=()
  for file in "$recipe/LICENSES.md" "$root/models/omnimamba-emoji/LICENSES.md"; do
    [ ! -f "$file" ] || licenses=(--licenses "$file")
  done
  "$omnimamba" export --config "$config" --tokenizer "$work/tokenizer.json" \
    --generation "$recipe/generation_config.json" "${licenses[@]}" --out "$model" "${parts[@]}"
fi
if [ ! -f "$work/evaluation/evaluation.md" ]; then
  say "evaluating $model"
  # shellcheck disable=SC2086
  "$omnimamba" evaluate --model "$model" --data "$work/data" --device "$device" --out "$work/evaluation" $evaluate
fi
say "done: $model, $work/evaluation/evaluation.md, $work/evaluation/contact-sheet.png"
