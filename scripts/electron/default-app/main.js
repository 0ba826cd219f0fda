// Stands in for the default app that Electron brings along, where a runtime has lost it: starts the
// app or the script that the first argument names, as `electron path/to/app` does.

const { existsSync, readFileSync, statSync } = require('node:fs');
const { dirname, join, resolve } = require('node:path');
const { app } = require('electron');

const named = process.argv.slice(1).find((argument) => !argument.startsWith('-'));
if (named === undefined) {
  console.error('Usage: electron path/to/app');
  app.exit(1);
} else {
  const path = resolve(named);
  const isFolder = statSync(path).isDirectory();
  const folder = isFolder ? path : dirname(path);
  const manifest = join(folder, 'package.json');
  const content = isFolder && existsSync(manifest) ? readFileSync(manifest, 'utf8') : '{}';
  const { name, productName, version, main = 'index.js' } = JSON.parse(content);
  process.defaultApp = true;
  app.setAppPath(folder);
  if (productName ?? name) app.setName(productName ?? name);
  if (version) app.setVersion(version);
  require(isFolder ? join(path, main) : path);
}
