// Builds ecase/portal/static/portal/dist: one style sheet, the fonts it names, and the scripts of GOV.UK Frontend and tus.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../../..");
const packages = join(root, "node_modules");
const dist = resolve(here, "../static/portal/dist");

// Kazakh letters stand in cyrillic-ext; the tenge sign in latin-ext.
const SUBSETS = ["latin", "latin-ext", "cyrillic", "cyrillic-ext"];
const WEIGHTS = [400, 600, 700];

function styles() {
  const source = join(here, "scss", "portal.scss");
  const options = { style: "compressed", loadPaths: [packages, root], quietDeps: true };
  writeFileSync(join(dist, "portal.css"), sass.compile(source, options).css);
}

function fonts() {
  const files = join(packages, "@fontsource/noto-sans/files");
  for (const subset of SUBSETS) {
    for (const weight of WEIGHTS) {
      const name = `noto-sans-${subset}-${weight}-normal.woff2`;
      cpSync(join(files, name), join(dist, "fonts", name));
    }
  }
}

function scripts() {
  for (const path of ["govuk-frontend/dist/govuk/govuk-frontend.min.js", "tus-js-client/dist/tus.min.js"]) {
    const source = readFileSync(join(packages, path), "utf8");
    // Its map is not shipped, and collectstatic refuses a reference to a file that is not there.
    writeFileSync(join(dist, basename(path)), source.replace(/\/\/# sourceMappingURL=.*$/m, ""));
  }
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(join(dist, "fonts"), { recursive: true });
styles();
fonts();
scripts();
