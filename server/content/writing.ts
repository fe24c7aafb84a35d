import type { Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import type { ContentFor, InWords, WriteContents } from '../outreach/content-port.ts';
import type { Reason } from '../outreach/contract.ts';
import type { Compiled, CompiledSet } from './rendering/compile.ts';
import { type Aside, renderFor } from './rendering/render.ts';
import { findCompiled } from './sealing.ts';
import { samples } from './trying.ts';
import { personVariables } from './variables.ts';
import { isVariable, type Variables } from './variables-contract.ts';

const why: Record<Aside['reason'], Reason> = {
  missing_variable: 'missing_variable',
  bad_link: 'bad_link',
  no_language: 'no_language',
  failed: 'unwritable',
  no_address: 'bad_address',
};

/** Contents that leave by the queue of outreach, written with what their author knows of each reader then. */
export const writeContents: WriteContents = async (tx, actor, letters) => {
  const persons = [...new Set(letters.flatMap(({ personId }) => personId ?? []))];
  const known = persons.length > 0 ? await personVariables(tx, actor, persons) : new Map<string, Variables>();
  const sets = await findSets(tx, actor.workspaceId, letters);
  return letters.map((letter): InWords | { aside: Reason } => {
    const compiled = sets.get(keyOf(letter));
    const person = letter.personId === null ? samples[letter.locale] : known.get(letter.personId);
    if (!compiled) return { aside: 'content_gone' };
    if (!person) return { aside: 'out_of_sight' };
    const written = renderFor(compiled, { ...person, ...inDictionary(letter.variables ?? {}) }, letter.locale);
    if ('aside' in written) return { aside: why[written.aside.reason] };
    const { language, ...said } = written;
    return { locale: language, ...said, links: linksIn(compiled[language]!) };
  });
};

const known = new WeakMap<Compiled, readonly string[]>();

/** The pages to which a content leads every reader: addresses in which no value stands. */
function linksIn(compiled: Compiled): readonly string[] {
  const before = known.get(compiled);
  if (before) return before;
  const found = [...compiled.html.matchAll(/href="(https?:[^"]*)"/g)].map(([, href]) => href!);
  const links = [...new Set(found.filter((href) => !/\{[{%]/.test(href)))];
  known.set(compiled, links);
  return links;
}

const keyOf = ({ contentId, version }: ContentFor): string => `${contentId} ${version}`;

/** Each version once; none for what the author does not see (any more). */
async function findSets(
  tx: Tx,
  workspaceId: string,
  letters: readonly ContentFor[],
): Promise<Map<string, CompiledSet>> {
  const sets = new Map<string, CompiledSet>();
  for (const [key, of] of Map.groupBy(letters, keyOf)) {
    const { contentId, version } = of[0]!;
    const compiled = await findCompiled(tx, workspaceId, contentId, version).catch((error) => {
      if (error instanceof AppError && error.code === 'not_found') return undefined;
      throw error;
    });
    if (compiled) sets.set(key, compiled);
  }
  return sets;
}

const inDictionary = (variables: Readonly<Record<string, string>>): Variables =>
  Object.fromEntries(Object.entries(variables).filter(([key]) => isVariable(key)));
