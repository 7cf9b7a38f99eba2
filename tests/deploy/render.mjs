// SPDX-License-Identifier: MIT
// What kustomize makes of a directory of deploy/, for machines that don't have it: as much of it as these use, and an
// error for the rest. deploy.test.mjs compares it with kubectl's, where that is installed.

import { readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";

import { parseAllDocuments } from "yaml";

const KEYS = new Set(["apiVersion", "kind", "resources", "components", "patches", "configMapGenerator", "images"]);
// Lists whose items have a name: a patch changes those that it names.
const MERGED_BY = {
  containers: "name", env: "name", ports: "containerPort", volumeMounts: "mountPath", volumes: "name",
};

export function documents(file) {
  return parseAllDocuments(readFileSync(file, "utf8"), { uniqueKeys: true }).map((d) => {
    if (d.errors.length || d.warnings.length) throw new Error(`${file}: ${[...d.errors, ...d.warnings][0].message}`);
    return d.toJS();
  }).filter((o) => o !== null);
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
export const idOf = (o) => `${o.apiVersion} ${o.kind} ${o.metadata.namespace ?? ""}/${o.metadata.name}`;

function mergeList(base, patch, key) {
  const merged = [...base];
  for (const item of patch) {
    const at = merged.findIndex((other) => other[key] === item[key]);
    if (at < 0) merged.push(item);
    else merged[at] = merge(merged[at], item);
  }
  return merged;
}

// A strategic merge: null removes.
export function merge(base, patch) {
  const merged = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else if (isObject(value)) merged[key] = merge(merged[key] ?? {}, value);
    else if (Array.isArray(value) && MERGED_BY[key]) merged[key] = mergeList(merged[key] ?? [], value, MERGED_BY[key]);
    else merged[key] = value;
  }
  return merged;
}

function applyPatch(objects, patch, file) {
  const at = objects.findIndex((o) => idOf(o) === idOf(patch));
  if (at < 0) throw new Error(`${file}: there is no ${idOf(patch)}`);
  objects[at] = merge(objects[at], patch);
}

function generate(objects, directory, spec) {
  if (!spec.options?.disableNameSuffixHash) throw new Error(`${directory}: ${spec.name}: a suffix is not supported`);
  const map = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: spec.name, namespace: spec.namespace },
    data: Object.fromEntries(spec.files.map((f) => [basename(f), readFileSync(join(directory, f), "utf8")])),
  };
  if (spec.options.labels) map.metadata.labels = spec.options.labels;
  const at = objects.findIndex((o) => idOf(o) === idOf(map));
  if ((spec.behavior === "replace") !== at >= 0) throw new Error(`${directory}: ${spec.name}: is there, or is not`);
  if (at >= 0) objects[at] = map;
  else objects.push(map);
}

function setImages(objects, images) {
  for (const o of objects)
    for (const container of o.spec?.template?.spec?.containers ?? [])
      for (const { name, newName = name, newTag } of images)
        if (container.image.replace(/:[^/]*$/, "") === name) container.image = `${newName}:${newTag}`;
}

// add DIRECTORY's to OBJECTS: the objects so far, which a component may change.
function add(directory, objects) {
  const [kustomization] = documents(join(directory, "kustomization.yaml"));
  for (const key of Object.keys(kustomization))
    if (!KEYS.has(key)) throw new Error(`${directory}: ${key} is not supported`);
  for (const resource of kustomization.resources ?? []) {
    const path = join(directory, resource);
    const added = statSync(path).isDirectory() ? render(path) : documents(path);
    for (const o of added) {
      if (objects.some((other) => idOf(other) === idOf(o))) throw new Error(`${path}: ${idOf(o)}: twice`);
      objects.push(o);
    }
  }
  for (const spec of kustomization.configMapGenerator ?? []) generate(objects, directory, spec);
  for (const component of kustomization.components ?? []) add(join(directory, component), objects);
  for (const { path } of kustomization.patches ?? [])
    for (const patch of documents(join(directory, path))) applyPatch(objects, patch, join(directory, path));
  setImages(objects, kustomization.images ?? []);
}

// render DIRECTORY, with COMPONENTS (directories) beside its own: the objects.
export function render(directory, components = []) {
  const objects = [];
  add(directory, objects);
  for (const component of components) add(component, objects);
  return objects;
}

// The same object whatever the order of its keys and of its named lists.
export function normal(value, key = "") {
  if (Array.isArray(value)) {
    const items = value.map((item) => normal(item));
    const by = MERGED_BY[key];
    return by && items.every(isObject) ? items.sort((a, b) => (String(a[by]) < String(b[by]) ? -1 : 1)) : items;
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.keys(value).sort().map((k) => [k, normal(value[k], k)]));
}
