// Bundles the programs of a package, as the last part of its build: a program of one file starts in less than half the
// time of one that loads a thousand modules. Run in the package's folder: node ../scripts/bundle.mjs main cli
import { rmSync } from 'node:fs';
import { build } from 'esbuild';

const programs = process.argv.slice(2);

// parts are named by their content: those of an earlier build would stay
rmSync('dist/programs', { recursive: true, force: true });

await build({
  entryPoints: programs.map((program) => `dist/${program}.js`),
  entryNames: '[name]',
  outdir: 'dist/programs',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // names and lines stay readable in stack traces; NODE_OPTIONS=--enable-source-maps shows the sources' own
  sourcemap: true,
  keepNames: true,
  // an optional part of pg, which is not used; libraries with parts that are no JavaScript
  external: ['pg-native', 'sharp', '@hyzyla/pdfium', '@fontsource/*'],
  // packages in CommonJS ask for parts of Node.js with require
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
