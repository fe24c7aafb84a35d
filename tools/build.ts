// npm run build: the product as built JavaScript in dist/, because Node strips no types below node_modules. `npm pack` packs it.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../server/kernel/root.ts';
import { buildWeb } from '../server/kernel/web.ts';

for (const folder of ['dist/server', 'dist/cli']) rmSync(join(root, folder), { recursive: true, force: true });
// Standard output belongs to `npm pack`.
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
  { cwd: root, stdio: ['ignore', 2, 2] },
);
if (status === 0) await buildWeb(() => {});
else process.exitCode = 1;
