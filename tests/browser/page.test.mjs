// SPDX-License-Identifier: MIT
// Runs the tests of the page; run.sh makes the pages. The browser ends with us, however we end.
import { access } from "node:fs/promises";
import { Browser } from "./browser.mjs";
import { content } from "./content.mjs";
import { safety } from "./safety.mjs";
import { PAGES, Suite } from "./suite.mjs";
import { use } from "./use.mjs";

await access(PAGES);
const browser = await Browser.start();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
  process.once(signal, async () => {
    await browser.stop();
    process.exit(130);
  });
let fine = false;
try {
  const suite = new Suite(browser);
  for (const [name, fn] of [...content, ...use, ...safety]) await suite.run(name, fn);
  fine = suite.finish();
} finally {
  await browser.stop();
}
process.exitCode = fine ? 0 : 1;
