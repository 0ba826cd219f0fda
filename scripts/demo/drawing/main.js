// An app for Electron that draws an SVG file, and writes a PNG file.

const { writeFileSync } = require('node:fs');
const process = require('node:process');
const { app, BrowserWindow } = require('electron');

app.whenReady().then(async () => {
  const [svg, png, width, height] = process.argv.slice(-4);
  const size = { width: Number(width), height: Number(height) };
  const window = new BrowserWindow({
    ...size,
    useContentSize: true,
    frame: false,
    transparent: true,
  });
  await window.loadFile(svg);
  writeFileSync(png, (await window.webContents.capturePage()).toPNG());
  app.quit();
});
