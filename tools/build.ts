// npm run build: the product as built JavaScript in dist/, because Node strips no types below node_modules. `npm pack` packs it.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { root } from '../server/kernel/root.ts';
import { buildWeb } from '../server/kernel/web.ts';
import { billOfMaterials } from './check/licences.ts';

/**
 * Go into the files that use them: they name exact versions of their neighbours that better-auth itself does not take, and the
 * `overrides` that settle it in a checkout do not hold where the package is installed.
 */
const inlined = ['@better-auth/api-key', '@better-auth/oauth-provider', '@better-auth/passkey'];
const users = ['accounts', 'oauth'].map((name) => join(root, `dist/server/identity/${name}.js`));

function compile(): void {
  for (const folder of ['dist/server', 'dist/cli', 'dist/locales'])
    rmSync(join(root, folder), { recursive: true, force: true });
  // Standard output belongs to `npm pack`.
  const compiler = [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'];
  const { status } = spawnSync(process.execPath, compiler, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('The types do not agree; nothing was built.');
}

async function inline(user: string): Promise<void> {
  const isInlined = (id: string) => inlined.some((name) => id.includes(name));
  const bundle = await rolldown({
    input: user,
    platform: 'node',
    external: (id, importer) =>
      importer !== undefined && !isInlined(id) && !(id.startsWith('.') && isInlined(importer)),
  });
  // One licence for all of the project's packages.
  const licence = readFileSync(join(root, 'node_modules', inlined[0]!, 'LICENSE.md'), 'utf8');
  await bundle.write({ file: user, format: 'esm', banner: `/* Contains ${inlined.join(' and ')}.\n${licence}*/` });
  await bundle.close();
}

compile();
for (const user of users) await inline(user);
await buildWeb(() => {});
writeFileSync(join(root, 'dist/sbom.cdx.json'), JSON.stringify(billOfMaterials(root)));
