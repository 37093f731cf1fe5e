/**
 * `npm run pictures`: the pictures of the README, cut from the screenshots that the walk in the real VS Code leaves
 * (`npm test`, or `node scripts/vscodeTest.mjs --launch person`), and the icon, drawn from its SVG.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, setup } from './setup.mjs';

setup();
const { chromium } = await import('playwright-core');
const { browserFlags, findBrowser } = await import('./browser.mjs');

/** Name in docs/pictures → screenshot, and the part of it. */
const pictures = {
  hover: { of: '2-hover', x: 352, y: 28, width: 924, height: 428 },
  'light-bulb': { of: '5-light-bulb', x: 352, y: 36, width: 924, height: 530 },
  tree: { of: '46-tree-menu', x: 4, y: 36, width: 840, height: 340 },
};

const browser = await chromium.launch({ executablePath: await findBrowser(), args: browserFlags });
const media = join(projectRoot, 'client', 'media');
writeFileSync(
  join(media, 'icon.png'),
  await drawn(readFileSync(join(media, 'icon.svg'), 'utf8'), { width: 256, height: 256 }),
);
mkdirSync(join(projectRoot, 'docs', 'pictures'), { recursive: true });
for (const [name, { of, x, y, width, height }] of Object.entries(pictures)) {
  const source = join(projectRoot, 'artifacts', 'screenshots', `${of}.png`);
  if (!existsSync(source)) {
    console.error(`${source} is missing; run the walk first.`);
    process.exitCode = 1;
    continue;
  }
  const data = readFileSync(source).toString('base64');
  const image = `<img style="position:absolute;left:${-x}px;top:${-y}px" src="data:image/png;base64,${data}">`;
  writeFileSync(join(projectRoot, 'docs', 'pictures', `${name}.png`), await drawn(image, { width, height }));
}
await browser.close();

async function drawn(content, viewport) {
  const page = await browser.newPage({ viewport });
  await page.setContent(`<body style="margin:0;overflow:hidden;background:transparent">${content}</body>`);
  await page.waitForFunction(() => [...document.images].every((image) => image.complete));
  const png = await page.screenshot({ omitBackground: true });
  await page.close();
  return png;
}
