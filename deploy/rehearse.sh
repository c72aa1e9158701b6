#!/usr/bin/env bash
# Rehearses a deployment on this machine, without a container engine: every service as its image starts it, each on a host
# of its own (a network namespace), with the environment of docker-compose.yml and of the rendered chart, while things break.
#   deploy/rehearse.sh [--core] [--act settings|compose|chart|sizing|upgrade]... [--previous CHECKOUT] [--work DIR]
# Needs Linux with network namespaces, and iproute2, iptables, bubblewrap and util-linux (installed on Debian and Ubuntu).
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

need=()
command -v ip >/dev/null 2>&1 || need+=(iproute2)
command -v iptables >/dev/null 2>&1 || PATH=$PATH:/usr/sbin
command -v iptables >/dev/null 2>&1 || need+=(iptables)
command -v bwrap >/dev/null 2>&1 || need+=(bubblewrap)
if [ "${#need[@]}" -gt 0 ]; then
  as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  echo "rehearse: installing ${need[*]}" >&2
  "${as_root[@]}" apt-get update -qq >&2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need[@]}" >&2
fi

# the build's own test calls this script when everything is built
if [ -z "${REHEARSAL_BUILT:-}" ]; then
  (cd "$root" && ./mvnw -q -DskipTests -pl gateway-service,job-service,inference-service,deploy/rehearsal -am package) >&2
fi

# one network, mount and process namespace: when this ends, so does everything that it started
enter=(unshare --net --mount --pid --fork --kill-child --mount-proc)
[ "$(id -u)" -eq 0 ] || enter=(unshare --user --map-root-user "${enter[@]:1}")
exec "${enter[@]}" java -Xmx1500m -cp "$root/deploy/rehearsal/target/classes:$(cat "$root/deploy/rehearsal/target/classpath")" \
  org.omnimamba.rehearsal.Rehearsal --root "$root" "$@"
