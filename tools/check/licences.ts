import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Licences (SPDX) under which a work under AGPL-3.0-or-later may use and pass on another. */
const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  // Data, passed on with its name.
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'LGPL-3.0-or-later',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'OFL-1.1',
  'Python-2.0',
  'Unlicense',
]);

/** What names no licence where it is looked for, and where it says it. */
const readByHand: Record<string, string> = {
  buildcheck: 'MIT',
  'cpu-features': 'MIT',
  'png-js': 'MIT',
  slick: 'MIT',
  ssh2: 'MIT',
};

const bill = z.looseObject({
  components: z.array(
    z.looseObject({
      'bom-ref': z.string(),
      name: z.string(),
      version: z.string(),
      licenses: z
        .array(
          z.object({ license: z.object({ id: z.string().optional() }).optional(), expression: z.string().optional() }),
        )
        .optional(),
    }),
  ),
  dependencies: z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()) })),
});
const lock = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      integrity: z.string().optional(),
      dev: z.boolean().optional(),
      devOptional: z.boolean().optional(),
    }),
  ),
});
type Bill = z.output<typeof bill>;

/**
 * The bill of materials of what is installed with the product (CycloneDX 1.5), from the lock file. What is for development only is left out
 * here: `npm sbom --omit dev` (11.19) leaves out `pg` and `zod`, too. @throws Error
 */
export function billOfMaterials(folder: string): Bill {
  const args = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`npm sbom: ${stderr.trim()}`);
  const all = bill.parse(JSON.parse(stdout));
  const installed = namesInstalled(folder);
  const components = all.components.filter((one) => installed.has(one['bom-ref']));
  const left = new Set(components.map((one) => one['bom-ref']));
  const dependencies = all.dependencies
    .filter(({ ref }, n) => n === 0 || left.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => left.has(one)) }));
  return { ...all, components, dependencies };
}

/** `name@version` of all that is there without development. */
export function namesInstalled(folder: string): Set<string> {
  const { packages } = lock.parse(JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')));
  return new Set(
    Object.entries(packages)
      // "devOptional": for development here, and something that a package of the product would use if it were there.
      .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional)
      .map(([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`),
  );
}

/** Whether an SPDX expression leaves a licence of ours: all of "AND", one of "OR". */
export function isAllowed(expression: string): boolean {
  const plain = expression.replaceAll(/[()]/g, ' ').trim();
  return plain.split(/\s+OR\s+/).some((one) => one.split(/\s+AND\s+/).every((id) => allowed.has(id.trim())));
}

/** Packages of the lock in place of which somebody could put something else. */
function withoutHash(folder: string): string[] {
  const { packages } = lock.parse(JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')));
  return Object.entries(packages).flatMap(([path, { integrity }]) =>
    path === '' || integrity?.startsWith('sha512-') ? [] : [`${path}: no hash in package-lock.json`],
  );
}

/** What is passed on or used under a licence that does not go with the product's own, or has no hash; empty: nothing. */
export function checkLicences(folder: string): string {
  const { components } = billOfMaterials(folder);
  const unread = new Set(Object.keys(readByHand));
  const complaints = components.flatMap(({ name, version, licenses }) => {
    const said = licenses?.map(({ license, expression }) => license?.id ?? expression ?? '').join(' AND ');
    if (!said) unread.delete(name);
    const expression = said || (readByHand[name] ?? '');
    return isAllowed(expression) ? [] : [`${name} ${version}: ${expression || 'no licence said'}`];
  });
  const { license } = z
    .object({ license: z.string() })
    .parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  if (license !== 'AGPL-3.0-or-later') complaints.push(`package.json says ${license}`);
  return [
    ...complaints,
    ...withoutHash(folder),
    ...[...unread].map((name) => `${name} stands in readByHand and says its licence, or is gone`),
  ].join('\n');
}
