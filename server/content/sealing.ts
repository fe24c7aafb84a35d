import type { Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { languages } from './blocks-contract.ts';
import { checkAs, compileAs } from './compiling.ts';
import type { Finding } from './contract.ts';
import { getContent, readHouseStyle } from './describing.ts';
import { gather, materialIn } from './gathering.ts';
import * as queries from './queries.ts';
import type { CompiledSet } from './rendering/compile.ts';

/**
 * Makes a content ready to be sent: the version that is being written is compiled in its languages, with reusable blocks as they are now, and never
 * changes any more. Sealing what is sealed gives the same version again.
 * @returns its version, or what the checker says against it, by language
 * @throws AppError not_found for a content the caller does not see, conflict for one that says nothing
 */
export async function sealContent(
  context: Pick<Context, 'tx' | 'actor' | 'role' | 'app'>,
  contentId: string,
): Promise<{ version: number } | { stops: (Finding & { language: 'fr' | 'en' })[] }> {
  const { tx, actor } = context;
  await queries.lockContent(tx, actor, contentId);
  const content = await getContent(context, contentId);
  const { workspaceId } = actor;
  if (await queries.findCompiledRow(tx, workspaceId, contentId, content.version)) return { version: content.version };
  const gathered = await gather(
    context,
    languages.flatMap((one) => content.said[one] ?? []),
  );
  const style = await readHouseStyle(tx, workspaceId);
  const compiled: CompiledSet = {};
  const stops: (Finding & { language: 'fr' | 'en' })[] = [];
  for (const language of languages) {
    const saying = content.said[language];
    if (!saying) continue;
    const material = materialIn(gathered, language);
    const made = await compileAs(content.kind, saying, material);
    const found = checkAs(content.kind, saying, material, style[language].rules, made.html);
    stops.push(...found.filter(({ weight }) => weight === 'stop').map((one) => ({ ...one, language })));
    compiled[language] = made;
  }
  if (stops.length > 0) return { stops };
  if (Object.keys(compiled).length === 0) throw new AppError('conflict');
  const row = { content_id: contentId, version: content.version, audience_id: content.audience.id };
  await queries.seal(tx, actor, row, compiled);
  return { version: content.version };
}

/** What a content would compile to as it is now, whatever the checker says: for trying, nothing is kept. @throws AppError not_found */
export async function compileNow(
  context: Pick<Context, 'tx' | 'actor' | 'role' | 'app'>,
  contentId: string,
): Promise<CompiledSet> {
  const { kind, said } = await getContent(context, contentId);
  const gathered = await gather(
    context,
    languages.flatMap((one) => said[one] ?? []),
  );
  const compiled: CompiledSet = {};
  for (const language of languages) {
    const saying = said[language];
    if (saying) compiled[language] = await compileAs(kind, saying, materialIn(gathered, language));
  }
  return compiled;
}

/** A sealed version is read once: it never changes. Few are in use at a time. */
const kept = new Map<string, CompiledSet>();
const mostKept = 50;

/**
 * What a sealed version compiles to, for `renderFor`; kept in memory, so that Liquid is parsed once. As a member who sees it, or as the keeper.
 * @throws AppError not_found for what is not sealed, or not seen
 */
export async function findCompiled(
  tx: Tx,
  workspaceId: string,
  contentId: string,
  version: number,
): Promise<CompiledSet> {
  const key = `${workspaceId} ${contentId} ${version}`;
  // Whether the caller sees it, PostgreSQL says each time.
  const found = await queries.findCompiledRow(tx, workspaceId, contentId, version);
  if (!found) throw notFound();
  const known = kept.get(key) ?? found;
  kept.delete(key);
  kept.set(key, known);
  if (kept.size > mostKept) kept.delete(kept.keys().next().value!);
  return known;
}
