# How the command line is started: shared by ./omnimamba of the sources and bin/omnimamba of the distribution.

# launch ROOT CLASSPATH ARGUMENT...  replaces the shell; ROOT holds models/omnimamba-emoji
launch() {
  local root=$1 classpath=$2
  shift 2
  local java=java version compiled options
  [ -z "${JAVA_HOME:-}" ] || java=$JAVA_HOME/bin/java
  version=$("$java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1)
  if [ "${version:-0}" -lt 17 ]; then
    echo "omnimamba: Java 17 or newer is needed; $java is ${version:-no Java}" >&2
    exit 1
  fi
  options=(
    -Djava.awt.headless=true
    # tensors live outside the heap; JavaCPP's own ceiling is a multiple of the heap's
    -Dorg.bytedeco.javacpp.maxBytes=0
    -Dorg.bytedeco.javacpp.maxPhysicalBytes=0
    "-Domnimamba.root=$root"
  )
  if [ "$version" -ge 24 ]; then
    # TensorFlow, JavaCPP and the tokenizers load native libraries; ndarray and protobuf use Unsafe
    options+=(--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow)
  fi
  # shellcheck disable=SC2206
  options+=(${OMNIMAMBA_JAVA_OPTS:-})
  export TF_CPP_MIN_LOG_LEVEL=${TF_CPP_MIN_LOG_LEVEL:-2}
  # keeps what XLA compiled for a GPU, for one version of TensorFlow; read from the environment when TensorFlow is loaded
  compiled=${OMNIMAMBA_HOME:-$HOME/.omnimamba}/compiled/tensorflow-2.21
  if [ -z "${TF_XLA_FLAGS+set}" ] && [[ $compiled != *[[:space:]]* ]]; then
    export TF_XLA_FLAGS="--tf_xla_persistent_cache_directory=$compiled --tf_xla_persistent_cache_device_types=GPU"
  fi
  exec "$java" "${options[@]}" -cp "$classpath" \
    org.omnimamba.standalone.cli.OmniMambaCommand "$@"
}
