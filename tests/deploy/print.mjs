// SPDX-License-Identifier: MIT
// print.mjs OVERLAY [COMPONENT...]: what deploy/ makes of them, as one List in JSON: for a kubectl before 1.21, whose
// kustomize knows no components.

import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { render } from "./render.mjs";

const deploy = fileURLToPath(new URL("../../deploy/", import.meta.url));
const [overlay, ...components] = process.argv.slice(2);
const items = render(join(deploy, "overlays", overlay), components.map((c) => join(deploy, "components", c)));
console.log(JSON.stringify({ apiVersion: "v1", kind: "List", items }));
