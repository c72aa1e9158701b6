// Checks Kubernetes objects against the schemas of their kinds: node validate.mjs FILE, a JSON array of objects.
// Prints a line for each fault, and ends with 1 when there are any.
import { readFileSync } from "node:fs";

// where the schema of a kind is
const packages = {
  "monitoring.coreos.com": "@kubernetes-models/prometheus-operator/monitoring.coreos.com",
  "gateway.networking.k8s.io": "@kubernetes-models/gateway-api/gateway.networking.k8s.io",
  "keda.sh": "@kubernetes-models/keda/keda.sh",
};

function modulePath({ apiVersion, kind }) {
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : [null, apiVersion];
  if (group === null) return `kubernetes-models/${version}/${kind}`;
  return `${packages[group] ?? `kubernetes-models/${group}`}/${version}/${kind}`;
}

// The schemas allow any further property, as Kubernetes ignores what it does not know. A validator reads each property
// that its schema names, or all of a map; a property that it never reads is unknown, so most likely a typing error.
function watched(value, path, unread) {
  if (value === null || typeof value !== "object") return value;
  const copy = Array.isArray(value) ? [] : {};
  for (const key of Object.keys(value)) {
    const at = `${path}/${key}`;
    copy[key] = watched(value[key], at, unread);
    if (!Array.isArray(value)) unread.add(at);
  }
  return new Proxy(copy, {
    get(target, key) {
      unread.delete(`${path}/${String(key)}`);
      return target[key];
    },
  });
}

// maps and free-form parts whose values need no check of their own
const free = /\/(labels|annotations|matchLabels|data|stringData|requests|limits|nodeSelector|metadata\/name|metadata\/namespace)(\/|$)/;

let faults = 0;
for (const object of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
  const name = `${object.kind}/${object.metadata?.name}`;
  const model = (await import(modulePath(object)))[object.kind];
  const unread = new Set();
  try {
    new model(object).validate();
  } catch (error) {
    faults++;
    console.log(`${name}: ${error.message}`);
    continue;
  }
  model.prototype.validate.call(Object.assign(Object.create(model.prototype), watched(object, "", unread)));
  for (const path of unread) {
    if (free.test(path) || path.split("/").length === 2) continue;
    faults++;
    console.log(`${name}: ${path} is unknown`);
  }
}
process.exit(faults === 0 ? 0 : 1);
