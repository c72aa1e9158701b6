#!/usr/bin/env bash
# Trains the scenes model from an empty folder to a model directory with its figures:
#
#   models/recipes/scenes/train.sh WORK           # WORK is made where it does not exist
#
# Each piece is one command. A piece that is done is skipped, one that was interrupted goes on, so the script can be stopped and
# started again at any time. To do a piece anew, delete its folder in WORK (and those of the pieces that build on it).
#
#   DEVICE   GPU or CPU (GPU); for a GPU, ./omnimamba is built with TensorFlow for CUDA unless OMNIMAMBA_TENSORFLOW says otherwise
#   DEVICES  GPUs that share the language model's batches (all that nvidia-smi counts, where they divide them)
#   MINUTES  factor for the steps of each training and the minutes that it may take (1)
#   TOY      when set, tiny parts and a few steps: shows in minutes, on a CPU too, that every piece works
#   MODEL    the model directory that is made (WORK/omnimamba-scenes)
#   OMNIMAMBA  the command (./omnimamba of this repository)
#   EVALUATE   more options for evaluate-scenes, such as "--count 50"
set -euo pipefail

[ $# -eq 1 ] || { sed -n '2,/^set/p' "$0" | sed '$d; s/^# \{0,1\}//' >&2; exit 2; }
recipe=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$recipe/../../.." && pwd)
mkdir -p "$1"
work=$(cd "$1" && pwd)
device=${DEVICE:-GPU}
case $device in
  [Gg][Pp][Uu]) export OMNIMAMBA_TENSORFLOW=${OMNIMAMBA_TENSORFLOW:-linux-x86_64-gpu} ;;
esac
model=${MODEL:-$work/omnimamba-scenes}
omnimamba=${OMNIMAMBA:-$root/omnimamba}
config=$recipe/config.json
evaluate=${EVALUATE:-}
if [ -n "${TOY:-}" ]; then
  config=$recipe/toy/config.json
  evaluate=${EVALUATE:---count 4}
fi

# shellcheck source=models/recipes/training.sh
. "$recipe/../training.sh"

# 1. sprites with names, and the tokenizer of texts
if [ ! -f "$work/data/sprites-unseen.jsonl" ] || [ ! -f "$work/tokenizer.json" ]; then
  say "preparing the sprites"
  "$omnimamba" prepare-scenes --out "$work/data" --tokenizer "$work/tokenizer.json" --downloads "$work/downloads"
fi

# 2. the image parts; drawing and seeing
train "$recipe/01-vq.yaml"
train "$recipe/02-towers.yaml"
train "$recipe/03-joint.yaml"

# 3. the model, and its figures
if [ ! -f "$model/config.json" ]; then
  say "writing $model"
  "$omnimamba" export --config "$config" --tokenizer "$work/tokenizer.json" --generation "$recipe/generation_config.json" \
    --licenses "$recipe/LICENSES.md" --out "$model" "$(trained 01-vq.yaml)" "$(trained 02-towers.yaml)" "$(trained 03-joint.yaml)"
fi
if [ ! -f "$work/evaluation/scenes.md" ]; then
  say "evaluating $model"
  # shellcheck disable=SC2086
  "$omnimamba" evaluate-scenes --model "$model" --data "$work/data" --device "$device" --out "$work/evaluation" $evaluate
fi
say "done: $model, $work/evaluation/scenes.md"
