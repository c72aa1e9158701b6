# What the recipes' train.sh have in common; sourced after $work, $recipe, $device, $config and $omnimamba are set.

say() { echo "train.sh: $*" >&2; }

# field YAML NAME: a value of a configuration; only where one line has that name
field() { sed -n "s/^ *$2: *\([^ #]*\).*/\1/p" "$1" | head -n 1; }

# how many GPUs there are to train on; 1 on a CPU
devices() {
  if [ -n "${DEVICES:-}" ]; then
    echo "$DEVICES"
  elif [[ $device == [Gg][Pp][Uu] ]] && command -v nvidia-smi >/dev/null; then
    nvidia-smi -L | wc -l
  else
    echo 1
  fi
}

# shared_by YAML COUNT: whether so many devices can share a configuration's batches. The image tokenizer and the towers compare the
# rows of a batch with one another
shared_by() {
  local kind size
  kind=$(field "$1" kind)
  case $kind in *vq | *towers) return 1 ;; esac
  for size in $(sed -n 's/^ *batch_size: *\([0-9]*\).*/\1/p' "$1"); do
    [ $((size % $2)) -eq 0 ] || return 1
  done
}

# train YAML: trains what a configuration says, unless that is done
train() {
  local yaml=$1 output count
  output=$work/$(field "$yaml" output)
  if [ -f "$output/trained.safetensors" ]; then
    say "$(basename "$yaml"): done"
    return
  fi
  local options=(--config "$yaml" --set "work=$work" --set "run.device=$device")
  if [ -n "${TOY:-}" ]; then
    options+=(--set "model=$config" --set run.compile=false --set run.precision=float32 --set run.steps=3 --set run.max_minutes=0
      --set run.log_every=1 --set optimizer.warmup_steps=1)
    if [ -n "$(field "$yaml" batch_size)" ]; then
      grep -q '^  t2i:' "$yaml" && options+=(--set data.t2i.batch_size=2 --set data.mmu.batch_size=2) || options+=(--set data.batch_size=4)
    fi
  elif [ -n "${MINUTES:-}" ]; then
    # both, or the learning rate would not have come down when the time is up
    options+=(--set "run.max_minutes=$(awk "BEGIN { print $MINUTES * $(field "$yaml" max_minutes) }")"
      --set "run.steps=$(awk "BEGIN { printf \"%d\", $MINUTES * $(field "$yaml" steps) + 0.5 }")")
  fi
  count=$(devices)
  if [ -z "${TOY:-}" ] && [ "$count" -gt 1 ] && shared_by "$yaml" "$count"; then
    options+=(--set "run.devices=$count")
  fi
  say "$(basename "$yaml") into $output"
  local code=0
  "$omnimamba" train "${options[@]}" || code=$?
  case $code in
    0) ;;
    3) say "$(basename "$yaml") is not finished: its time is up. Start again with a larger MINUTES (now ${MINUTES:-1}) to go on" ;;
    *) say "$(basename "$yaml") is not finished; start again to go on" ;;
  esac
  return "$code"
}

# trained YAML: what a configuration of this recipe has trained
trained() { echo "$work/$(field "$recipe/$1" output)/trained.safetensors"; }
