// npm run format: mends what of the style can be mended without a thought.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../server/kernel/config.ts';

const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
const { status } = spawnSync(process.execPath, [biome, 'check', '--write', '.'], { cwd: root, stdio: 'inherit' });
process.exitCode = status ?? 1;
