import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** Says which modules of others are loaded by the product's table of contents and its start. */
const asked = `
  import { registerHooks } from 'node:module';
  const loaded = new Set();
  registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      loaded.add(found.url);
      return found;
    },
  });
  await import(process.argv[1]);
  console.log([...loaded].join('\\n'));
`;

test('starting the product loads nothing that reads pictures or speaks with assistants: that comes with the first of them', async () => {
  const start = new URL('./start.ts', import.meta.url).href;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', asked, start], {
    maxBuffer: 2 ** 24,
  });
  const loaded = stdout.split('\n');
  // What it should see, it sees.
  expect(loaded.some((url) => url.includes('/node_modules/fastify/'))).toBe(true);
  expect(loaded.some((url) => url.endsWith('server/sources/scanning/scanner.ts'))).toBe(true);
  const pictures =
    /\/node_modules\/(sharp|@img|tesseract\.js|tesseract\.js-core|qr)\/|scanning\/thread\.ts|business-cards\/(ocr|image|code)\.ts/;
  expect(loaded.filter((url) => pictures.test(url))).toEqual([]);
  expect(loaded.some((url) => url.endsWith('server/mcp/serving.ts'))).toBe(true);
  expect(loaded.filter((url) => url.includes('/node_modules/@modelcontextprotocol/'))).toEqual([]);
});
